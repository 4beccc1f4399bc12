import { describe, expect, it } from '@jest/globals';
import { startedLines } from './started-lines.ts';

const urls = {
  ingress: 'http://127.0.0.1:8080',
  relays: ['http://127.0.0.1:8081', 'http://127.0.0.1:8091'],
  crmApi: 'http://127.0.0.1:8082',
  controlApi: 'http://127.0.0.1:8083',
};

describe('what a started stack tells', () => {
  it('is the public addresses, and which port each leads to', () => {
    const lines = startedLines({
      publicUrl: 'https://voice.example.com',
      publicMediaUrl: 'wss://media.example.com',
      talkUrl: null,
      signInUrl: null,
      isMailLocal: false,
      urls,
    }).join('\n');
    expect(lines).toMatch(/Twilio voice webhook +https:\/\/voice\.example\.com\/twilio\/voice#/);
    expect(lines).toMatch(/Twilio status callback +https:\/\/voice\.example\.com\/twilio\/status#/);
    expect(lines).toContain('https://voice.example.com to http://127.0.0.1:8080');
    expect(lines).toContain('wss://media.example.com/media/relay-2 to http://127.0.0.1:8091');
    expect(lines).not.toMatch(/talk|console/);
  });

  it('names each relay where its name is part of the address', () => {
    expect(
      startedLines({
        publicUrl: 'https://voice.example.com',
        publicMediaUrl: 'wss://{relay}.example.com',
        talkUrl: null,
        signInUrl: null,
        isMailLocal: false,
        urls,
      }).join('\n'),
    ).toContain('wss://relay-1.example.com to http://127.0.0.1:8081');
  });

  it('is the local addresses where nothing is public', () => {
    const talkUrl = 'http://localhost:8080/talk';
    const signInUrl = 'http://127.0.0.1:8083/console/#link=x';
    const addresses = { publicUrl: urls.ingress, publicMediaUrl: null, talkUrl, signInUrl, urls };
    const local = { ...addresses, isMailLocal: true };
    const lines = startedLines(local).join('\n');
    expect(lines).toMatch(/e-mails +printed here, sent to nobody/);
    expect(lines).toMatch(/talk to the agent +http:\/\/localhost:8080\/talk/);
    expect(lines).toMatch(/console +http:\/\/127\.0\.0\.1:8083\/console\/#link=x\n/);
    expect(lines).toContain('http://127.0.0.1:8080/twilio/voice#');
    expect(lines).not.toContain('your proxy');
  });
});
