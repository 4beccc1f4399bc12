import { describe, expect, it } from '@jest/globals';
import { defineTool } from '@tandem/contracts';
import { z } from 'zod';
import { startCall, type CallScene, type CallSetting } from '../../testing/index.ts';

const tools = [
  defineTool({
    name: 'look',
    description: 'Looks.',
    place: 'worker',
    arguments: z.strictObject({}),
    cancellable: true,
    deadlineMs: 30_000,
  }),
];
const music = new Uint8Array(8_000).fill(0x20);

async function waiting(toolWait: object, setting: CallSetting = {}): Promise<CallScene> {
  const call = startCall({ tools, music, ...setting, agent: { toolWait, greeting: '', ...setting.agent } });
  await call.passes(1);
  call.model.startResponse();
  call.model.callsTool({ name: 'look', arguments: {} });
  call.model.finish('completed');
  return call;
}
const musicMs = (call: CallScene) => call.stream.sounds.get('music')?.heardMs ?? 0;

describe('while a tool works', () => {
  it('the caller hears one filler, then music, then the answer at once', async () => {
    const call = await waiting({ fillerAfterMs: 1_500, musicAfterMs: 4_000 });
    await call.passes(1_490);
    expect(call.model.asked.filter((asked) => asked.startsWith('say'))).toEqual([]);
    await call.passes(20);
    expect(call.model.asked.at(-1)).toBe('say: One moment, please.');
    call.model.says('One moment, please.', { durationMs: 900 });
    await call.passes(2_400);
    expect(musicMs(call)).toBe(0);
    await call.passes(800);
    expect(musicMs(call)).toBeGreaterThan(0);
    await call.passes(2_000);
    const clears = call.stream.clears.length;
    call.toolDispatcher.answer('look', { status: 'ok', value: 1 });
    await call.passes(1);
    expect(call.stream.clears).toHaveLength(clears + 1);
    const heard = musicMs(call);
    call.model.says('Here it is.', { durationMs: 1_000 });
    await call.passes(3_000);
    expect(musicMs(call)).toBe(heard);
    expect(call.model.asked.filter((asked) => asked.startsWith('say'))).toHaveLength(1);
    expect(call.log.transcript().at(-1)).toBe('agent: Here it is.');
  });

  it('the caller’s voice stops the music, and silence brings it back', async () => {
    const call = await waiting({ fillerAfterMs: 0, musicAfterMs: 1_000 });
    await call.passes(2_000);
    const before = musicMs(call);
    expect(before).toBeGreaterThan(500);
    call.model.hearsCallerStart();
    await call.passes(1_000);
    const during = musicMs(call);
    expect(during).toBeLessThan(before + 300);
    call.model.hearsCallerStop();
    call.model.startResponse();
    call.model.finish('completed');
    await call.passes(1_500);
    expect(musicMs(call)).toBeGreaterThan(during);
  });

  it('nothing is said over the agent’s own words', async () => {
    const call = await waiting({ fillerAfterMs: 1_000, musicAfterMs: 0 });
    call.model.says('Let me look that up for you, it takes a moment.', { durationMs: 3_000 });
    await call.passes(2_900);
    expect(call.model.asked.filter((asked) => asked.startsWith('say'))).toEqual([]);
    await call.passes(200);
    expect(call.model.asked.filter((asked) => asked.startsWith('say'))).toHaveLength(1);
  });

  it('silence is not idleness', async () => {
    const call = await waiting({ fillerAfterMs: 0 }, { agent: { idle: { afterMs: 3_000 } } });
    await call.passes(12_000);
    expect(call.log.of('idle.prompted')).toEqual([]);
  });

  it('no timer and no music outlive the call', async () => {
    const call = await waiting({ musicAfterMs: 500 });
    await call.passes(2_000);
    call.stream.leave('caller-hangup');
    await call.passes(5_000);
    expect(call.clock.pendingTimers).toBe(0);
  });
});
