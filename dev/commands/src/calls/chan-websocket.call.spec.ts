import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { guided, readDialplan, type SimulatedAsteriskCall } from '@tandem/simulators';
import { ASTERISK_ENV, asTalking, AsteriskCaller, carrierIdOf } from '../testing/asterisk-caller.ts';
import { nextMonday } from '../testing/next-monday.ts';
import { RunningPlatform } from '../testing/running-platform.ts';

jest.setTimeout(120_000);

const RELAY = 'relay-1';
let platform: RunningPlatform;
let pbx: AsteriskCaller;
beforeAll(async () => {
  const env = { ...ASTERISK_ENV, AUDIOSOCKET_PUBLIC_HOST: '{relay}' };
  platform = await RunningPlatform.start({ stack: { relays: 1, env } });
  const [relayUrl = ''] = platform.urlsOf(RELAY);
  const uri = `${relayUrl.replace('http', 'ws')}/media/${RELAY}/chan-websocket`;
  pbx = await AsteriskCaller.start('ami', { webSocketClients: { [RELAY]: uri } });
  pbx.callTo(platform);
  await platform.leases(1);
});
afterAll(async () => {
  await pbx.stop();
  await platform.stop();
});

/** The UUID that call-ingress gave to a call: `connect,address,uuid,…`. */
function uuidOf(call: SimulatedAsteriskCall): string {
  const [answer] = call
    .report()
    .timeline.flatMap((entry) => (entry.kind === 'request' ? [entry.answer.split(',')] : []))
    .filter(([what]) => what === 'connect');
  return answer?.[2] ?? '';
}

/** Connects with a UUID, without asking call-ingress. */
function attach(uuid: string): SimulatedAsteriskCall {
  const lines = [
    '[test]',
    `exten => s,1,Set(__TANDEM_UUID=${uuid})`,
    ` same => n,Dial(WebSocket/${RELAY}/c(slin16)f(json),,g)`,
  ];
  return pbx.ring('slin16', { context: 'test', extension: 's', dialplan: readDialplan(lines.join('\n')) });
}

describe("a call over Asterisk's WebSocket channel", () => {
  it('at 16 kHz books through the queue, and nobody else can use its UUID', async () => {
    platform.model.behaviour = guided({ caller: { service: 'plumbing', date: nextMonday() } });
    platform.model.addCallerLines({ lines: ['I need a plumber please', 'Yes please', 'No thank you'] });
    const call = pbx.ring('slin16');
    await call.waitForSpeech();
    const stranger = await attach(uuidOf(call)).ended;
    expect(stranger.legs).toMatchObject([{ end: { cause: 'closed-by-relay', detail: '1008' } }]);
    await platform.answerQuestions(asTalking(call), 3);
    const report = await call.ended;
    const recorded = await platform.recorded(carrierIdOf(report));
    expect(recorded).toMatchObject({
      status: 'completed',
      termination: { class: 'completed', reason: 'agent-goodbye' },
      outcome: 'booked',
    });
    expect(recorded.transcript.filter(({ speaker }) => speaker === 'caller').map(({ text }) => text)).toEqual(
      ['I need a plumber please', 'Yes please', 'No thank you'],
    );
    // Audio that was dropped and commands that were ignored would be errors.
    expect(report.errors).toEqual([]);
    expect(report.endedBy).toBe('dialplan-hangup');
    expect(report.legs).toMatchObject([
      { form: 'websocket', address: RELAY, rateHz: 16_000, end: { cause: 'hung-up-by-relay' } },
    ]);
    const [session] = platform.model.sessions.slice(-1);
    expect(session?.mistakes).toEqual({});
  });
});
