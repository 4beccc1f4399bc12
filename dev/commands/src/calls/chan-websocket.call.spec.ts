import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { guided } from '@tandem/simulators';
import { ASTERISK_ENV } from '../testing/asterisk-caller.ts';
import { ChanWebSocketCaller } from '../testing/chan-websocket-caller.ts';
import { nextMonday } from '../testing/next-monday.ts';
import { RunningPlatform } from '../testing/running-platform.ts';

jest.setTimeout(120_000);

let platform: RunningPlatform;
beforeAll(async () => {
  platform = await RunningPlatform.start({ stack: { relays: 1, env: { ...ASTERISK_ENV } } });
  await platform.leases(1);
});
afterAll(() => platform.stop());

describe("a call over Asterisk's WebSocket channel", () => {
  it('at 16 kHz books through the queue, and nobody else can use its UUID', async () => {
    platform.model.behaviour = guided({ caller: { service: 'plumbing', date: nextMonday() } });
    platform.model.addCallerLines({ lines: ['I need a plumber please', 'Yes please', 'No thank you'] });
    const caller = await ChanWebSocketCaller.ring(platform);
    const stranger = await ChanWebSocketCaller.attach(platform, caller.uuid);
    expect(await stranger.closed).toBe(1008);
    await platform.answerQuestions(caller, 3);
    expect(await caller.closed).toBe(1000);
    const recorded = await platform.recorded(caller.sid);
    expect(recorded).toMatchObject({
      status: 'completed',
      termination: { class: 'completed', reason: 'agent-goodbye' },
      outcome: 'booked',
    });
    expect(recorded.transcript.filter(({ speaker }) => speaker === 'caller').map(({ text }) => text)).toEqual(
      ['I need a plumber please', 'Yes please', 'No thank you'],
    );
    expect(caller.droppedBytes).toBe(0);
    expect(caller.commands.at(-1)).toBe('HANGUP');
    const [session] = platform.model.sessions.slice(-1);
    expect(session?.mistakes).toEqual({});
  });
});
