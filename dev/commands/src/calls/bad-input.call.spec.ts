import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { MALFORMED_MESSAGES, scripted } from '@tandem/simulators';
import { WebSocket } from 'ws';
import { expectPrivateLogs } from '../testing/private-logs.ts';
import { answer, RunningPlatform } from '../testing/running-platform.ts';

jest.setTimeout(90_000);

let platform: RunningPlatform;
beforeAll(async () => {
  platform = await RunningPlatform.start();
});
afterAll(() => platform.stop());
beforeEach(() => {
  platform.model.behaviour = scripted({ turns: [], otherwise: 'Of course. Which day would suit you best?' });
});

describe('bad input at the door', () => {
  const opened = () => platform.model.openedSessions;

  it('without Twilio’s signature is answered 403, malformed 400, as problem+json', async () => {
    const form = 'CallSid=CA1&From=%2B1&To=%2B1&CallStatus=ringing&Direction=inbound';
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const unsigned = await fetch(platform.voiceUrl, { method: 'POST', headers, body: form });
    const wrong = await fetch(platform.voiceUrl, {
      method: 'POST',
      headers: { ...headers, 'x-twilio-signature': 'AAAA' },
      body: form,
    });
    expect([unsigned.status, wrong.status]).toEqual([403, 403]);
    expect(unsigned.headers.get('content-type')).toContain('application/problem+json');
    expect(await platform.metric('call-ingress', 'tandem_signature_failures_total')).toMatch(
      /missing.* [1-9][\s\S]*wrong.* [1-9]/,
    );
    const signature = createHmac('sha1', platform.stack.twilioAuthToken)
      .update(`${platform.voiceUrl}CallSidnonsense`)
      .digest('base64');
    const malformed = await fetch(platform.voiceUrl, {
      method: 'POST',
      headers: { ...headers, 'x-twilio-signature': signature },
      body: 'CallSid=nonsense',
    });
    expect(malformed.status).toBe(400);
    expect(((await malformed.json()) as { detail: string }).detail).toContain('CallSid');
  });

  it('closes a media socket with a policy code inside five seconds, and opens no model session', async () => {
    const before = opened();
    const relay = platform.stack.supervisor.portsOf('relay-1').http;
    const url = `ws://127.0.0.1:${relay}/media/relay-1`;
    const call = platform.ring();
    await call.waitForSpeech();
    const ticket = /name="ticket" value="([^"]+)"/.exec(call.report().documents[0]!)![1]!;
    const start = (parameters: object) =>
      JSON.stringify({
        event: 'start',
        sequenceNumber: '1',
        streamSid: 'MZ1',
        start: {
          streamSid: 'MZ1',
          accountSid: 'AC1',
          callSid: call.sid,
          tracks: ['inbound'],
          customParameters: parameters,
          mediaFormat: { encoding: 'audio/x-mulaw', sampleRate: 8000, channels: 1 },
        },
      });
    const [header, , signature] = ticket.split('.');
    const claims = Buffer.from('{"c":{},"aud":"relay:relay-2","exp":9999999999}').toString('base64url');
    const foreign = `${header}.${claims}.${signature}`;
    const closes = await Promise.all([
      closeOf(url, []),
      closeOf(url, ['{"event":"connected","protocol":"Call","version":"1.0.0"}', start({})]),
      closeOf(url, [start({ ticket: 'nonsense' })]),
      closeOf(url, [start({ ticket: foreign })]),
      closeOf(url, [start({ ticket })]), // used already
      closeOf(url, ['{"event":"media","media":{}}']),
      closeOf(url, ['not json']),
      closeOf(url, [start({ ticket: 'x'.repeat(20_000) })]),
      closeOf(url, ['x'.repeat(100_000)]),
    ]);
    expect(closes.map(({ code, reason }) => `${code} ${reason}`)).toEqual([
      '1008 no-start',
      '1008 no-ticket',
      '1008 ticket-malformed',
      '1008 ticket-forged',
      '1008 ticket-used',
      '1008 not-a-start',
      '1008 not-a-start',
      '1009 too-big',
      '1009 ',
    ]);
    for (const { afterMs } of closes) expect(afterMs).toBeLessThan(6_000);
    expect(opened()).toBe(before + 1);
    call.hangup();
    await call.ended;
  });

  it('on one stream does not disturb another call', async () => {
    const victim = platform.ring();
    const attacker = platform.ring({
      streamFaults: [
        { afterMs: 500, kind: 'malformed', texts: MALFORMED_MESSAGES },
        { afterMs: 700, kind: 'flood', factor: 40, forMs: 1_500 },
        { afterMs: 2_500, kind: 'duplicate', forMs: 500 },
      ],
    });
    await Promise.all([answer(victim), attacker.waitForSpeech()]);
    await victim.waitForSpeech();
    await victim.waitForSilence(500);
    attacker.hangup();
    victim.hangup();
    const [good, bad] = await Promise.all([victim.ended, attacker.ended]);
    expect(good.errors.filter(({ level }) => level === 'error')).toEqual([]);
    expect((await platform.recorded(victim.sid)).transcript.length).toBeGreaterThanOrEqual(2);
    expect((await platform.recorded(bad.callSid)).termination?.class).toBe('caller');
    expect(await platform.metric('relay-1', 'tandem_stream_events_total')).toMatch(/badMessages.* [1-9]/);
  });

  it('leaves no phone number, no word of a call and no secret in the logs', () =>
    expectPrivateLogs(platform));
});

function closeOf(
  url: string,
  messages: readonly string[],
): Promise<{ code: number; reason: string; afterMs: number }> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url);
    const startedAt = Date.now();
    socket.on('open', () => {
      for (const message of messages) socket.send(message);
    });
    socket.on('close', (code, reason) =>
      resolve({ code, reason: reason.toString(), afterMs: Date.now() - startedAt }),
    );
    socket.on('error', reject);
  });
}
