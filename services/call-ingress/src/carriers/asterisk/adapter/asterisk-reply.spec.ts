import { describe, expect, it } from '@jest/globals';
import { toLine, toProgressText, type AsteriskReply } from './asterisk-reply.ts';
import { mintStreamUuid } from './stream-uuid.ts';

describe('a reply as one line', () => {
  it.each<[AsteriskReply, string]>([
    [
      {
        do: 'connect',
        address: '[fd00::3]:9092',
        uuid: '00030203-0405-8607-8809-0a0b0c0d0e0f',
        token: 'a.b-c_d',
        sound: 'tandem/notice',
        text: 'Hello, this call is recorded.',
      },
      'connect,[fd00::3]:9092,00030203-0405-8607-8809-0a0b0c0d0e0f,a.b-c_d,tandem/notice',
    ],
    [{ do: 'wait', seconds: 5, position: 2, progress: '2.0.0', token: '', offer: '' }, 'wait,5,2,2.0.0,,'],
    [
      { do: 'wait', seconds: 5, position: 2, progress: '2.0.0', token: 't', offer: 'tandem/callback-offer' },
      'wait,5,2,2.0.0,t,tandem/callback-offer',
    ],
    [
      {
        do: 'dial',
        address: 'sip:sales@pbx.example;transport=tls',
        ringS: 25,
        callerId: '+12025550123',
        mode: 'warm',
        token: 't',
      },
      'dial,sip:sales@pbx.example;transport=tls,25,+12025550123,warm,t',
    ],
    [{ do: 'join' }, 'join'],
    [{ do: 'hangup' }, 'hangup'],
  ])('%j', (reply, line) => {
    expect(toLine(reply)).toBe(line);
  });

  it('has nothing in it that a dialplan would take for its own', () => {
    const line = toLine({
      do: 'dial',
      address: 'sip:a@b&Local/${SHELL(id)},1\n"',
      ringS: 1,
      callerId: 'x',
      mode: 'cold',
      token: '',
    });
    expect(line).toBe('dial,sip:a@bLocal/SHELLid1,1,x,cold,');
  });

  it('carries the progress of a waiting caller', () => {
    expect(toProgressText({})).toBe('new.0.0');
    expect(toProgressText({ announcedPosition: 3, silentHolds: 2, unverifiedHolds: 1 })).toBe('3.2.1');
  });
});

describe('the UUID of a stream', () => {
  it('begins with the number of its relay, and is of version 8', () => {
    expect(mintStreamUuid('tandem-media-relay-3')).toMatch(/^0003[\da-f]{4}-[\da-f]{4}-8[\da-f]{3}-[89ab]/);
    expect(mintStreamUuid('relay-65536')).toMatch(/^ffff/);
    expect(mintStreamUuid('relay')).toMatch(/^ffff/);
  });

  it('cannot be guessed', () => {
    const seen = new Set(Array.from({ length: 10_000 }, () => mintStreamUuid('relay-1')));
    expect(seen.size).toBe(10_000);
  });
});
