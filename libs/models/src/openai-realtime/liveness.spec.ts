import { describe, expect, it } from '@jest/globals';
import { PCMU_8K } from '@tandem/contracts';
import { AudioFrame } from '@tandem/conversation';
import { ManualClock } from '@tandem/conversation/testing';
import { Liveness, LIVENESS } from './liveness.ts';

const LOUD = AudioFrame.fromBytes(new Uint8Array(160).fill(0x10));
const QUIET = AudioFrame.fromBytes(new Uint8Array(160).fill(0xff));

function peer() {
  const clock = new ManualClock();
  const told: string[] = [];
  const liveness: Liveness = new Liveness(clock, PCMU_8K, LIVENESS, {
    ping: () => told.push('ping'),
    probe: () => told.push('probe'),
    onDead: () => (told.push('dead'), liveness.stop()),
  });
  const sends = async (frame: AudioFrame, ms: number, each: () => void = () => undefined) => {
    for (let sent = 0; sent < ms; sent += 20) {
      liveness.onSent(frame, 20);
      each();
      await clock.pass(20);
    }
  };
  return { clock, told, liveness, sends };
}

describe('the other end of a session', () => {
  it('that ignores a speaking caller is probed, and dead when it does not answer', async () => {
    const { told, sends } = peer();
    await sends(LOUD, 1_400);
    expect(told).toEqual([]);
    await sends(LOUD, 200);
    expect(told).toEqual(['probe']);
    await sends(LOUD, 1_800);
    expect(told).toEqual(['probe']);
    await sends(LOUD, 200);
    expect(told).toEqual(['probe', 'dead']);
  });

  it('that ignores a caller who has finished is probed as well', async () => {
    const { told, sends } = peer();
    await sends(LOUD, 400);
    await sends(QUIET, 3_600);
    expect(told).toEqual(['probe', 'dead']);
  });

  it('that answers the probe works, and is not probed again for a while', async () => {
    const { told, liveness, sends } = peer();
    const answers = () => told.at(-1) === 'probe' && told.push('answer') && liveness.onEvent();
    await sends(LOUD, 6_500, answers);
    expect(told).toEqual(['probe', 'answer']);
    await sends(LOUD, 2_000, answers);
    expect(told).toEqual(['probe', 'answer', 'probe', 'answer']);
  });

  it('is not probed while the line is quiet, clicks, or gets events', async () => {
    const { told, liveness, sends } = peer();
    await sends(QUIET, 60_000);
    await sends(LOUD, 100);
    await sends(QUIET, 10_000);
    liveness.onEvent();
    for (let word = 0; word < 20; word += 1) {
      await sends(LOUD, 800);
      liveness.onEvent();
    }
    expect(told).toEqual([]);
  });

  it('is dead when two pings in a row get no pong', async () => {
    const { clock, told, liveness } = peer();
    liveness.start();
    await clock.pass(10_000);
    liveness.onPong();
    await clock.pass(10_000);
    liveness.onEvent();
    await clock.pass(20_000);
    expect(told).toEqual(['ping', 'ping', 'ping', 'dead']);
    liveness.stop();
    expect(clock.pendingTimers).toBe(0);
  });
});
