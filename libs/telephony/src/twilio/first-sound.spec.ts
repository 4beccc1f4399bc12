import { describe, expect, it } from '@jest/globals';
import type { StreamClosedReason } from '@tandem/conversation';
import { WatchedStream } from '../testing/watched-stream.ts';
import { TwilioFarSide } from './testing/twilio-far-side.ts';
import { TWILIO_STREAM_LIMITS } from './twilio-stream.ts';

const ROUND_TRIPS_MS = [0, 50, 100, 200, 400];
const WATCH_MS = 1_000;
const { playoutTimeoutMs } = TWILIO_STREAM_LIMITS;

function call(roundTripMs: number): { far: TwilioFarSide; stream: WatchedStream } {
  const far = new TwilioFarSide({ delayMs: [roundTripMs / 2, roundTripMs / 2] });
  return { far, stream: new WatchedStream(far) };
}

async function over({ far }: ReturnType<typeof call>): Promise<void> {
  far.stream.close();
  await far.clock.pass(1_000);
}

describe('the first sound of a stream', () => {
  it.each(ROUND_TRIPS_MS)(
    'ends no call, sent at any 10 ms of the first three seconds, with a round trip of %d ms',
    async (roundTripMs) => {
      const cut: [firstSoundAtMs: number, StreamClosedReason[]][] = [];
      for (let firstSoundAtMs = 0; firstSoundAtMs < 3_000; firstSoundAtMs += 10) {
        const { far, stream } = call(roundTripMs);
        await far.clock.pass(firstSoundAtMs);
        stream.write('hello', 300);
        await far.clock.pass(roundTripMs + WATCH_MS + 400);
        if (stream.closed.length > 0) cut.push([firstSoundAtMs, stream.closed]);
        expect(stream.closed.length > 0 || stream.heardOf('hello')?.isComplete).toBe(true);
        await over({ far, stream });
      }
      expect(cut).toEqual([]);
    },
  );

  it('ends no call after a long silence either, sent at any 50 ms between two checks', async () => {
    for (let laterMs = 0; laterMs < WATCH_MS; laterMs += 50) {
      const { far, stream } = call(400);
      stream.write('hello', 300);
      await far.clock.pass(60_000 + laterMs);
      stream.write('are you still there', 300);
      await far.clock.pass(2_000);
      expect([laterMs, stream.closed]).toEqual([laterMs, []]);
      await over({ far, stream });
    }
  });

  it.each([0, 7, 500, 922, 974, 2_950])(
    'ends the call after the playout timeout, not before, when it is sent at %d ms and never played',
    async (firstSoundAtMs) => {
      const { far, stream } = call(100);
      far.fallsDeaf();
      await far.clock.pass(firstSoundAtMs);
      stream.write('hello', 20);
      await far.clock.pass(playoutTimeoutMs - 1);
      expect(stream.closed).toEqual([]);
      await far.clock.pass(WATCH_MS + 21);
      expect(stream.closed).toEqual(['media-timeout']);
      await over({ far, stream });
    },
  );

  it('may have marks that are echoed after seconds', async () => {
    const { far, stream } = call(9_000);
    await far.clock.pass(7);
    for (let second = 0; second < 30; second += 1) {
      stream.write('on and on', 1_000);
      await far.clock.pass(1_000);
    }
    expect(stream.closed).toEqual([]);
    await over({ far, stream });
  });
});
