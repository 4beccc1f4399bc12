import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { seeded } from '../testing/seeded.ts';
import { WatchedStream } from '../testing/watched-stream.ts';
import { TwilioFarSide } from './testing/twilio-far-side.ts';

describe('marks of a carrier', () => {
  it('are sent again when the last one is lost, and the sound is reported as heard', async () => {
    const far = new TwilioFarSide({ delayMs: [50, 50] });
    const stream = new WatchedStream(far);
    far.losesMarks(2);
    stream.write('hello', 500);
    await far.clock.pass(4_000);
    expect(stream.closed).toEqual([]);
    expect(stream.heardOf('hello')).toEqual({ soundId: 'hello', heardMs: 500, isComplete: true });
    await far.clock.pass(30_000);
    expect(stream.closed).toEqual([]);
    far.stream.close();
  });

  const act = fc.oneof(
    {
      weight: 5,
      arbitrary: fc.record({ kind: fc.constant('write' as const), ms: fc.integer({ min: 20, max: 1_500 }) }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('clear' as const), ms: fc.constant(0) }) },
    {
      weight: 2,
      arbitrary: fc.record({ kind: fc.constant('lose' as const), ms: fc.integer({ min: 1, max: 4 }) }),
    },
    {
      weight: 2,
      arbitrary: fc.record({ kind: fc.constant('hold' as const), ms: fc.integer({ min: 20, max: 6_000 }) }),
    },
  );
  const steps = fc.array(fc.record({ gapMs: fc.integer({ min: 0, max: 2_500 }), act }), {
    minLength: 1,
    maxLength: 12,
  });

  it(
    'late, lost and bunched: no call is cut, nothing is claimed that was not heard, and in the end all of ' +
      'it is known',
    async () => {
      await fc.assert(
        fc.asyncProperty(
          steps,
          fc.integer({ min: 10, max: 125 }),
          fc.integer(),
          async (schedule, delayMs, seed) => {
            const far = new TwilioFarSide({ delayMs: [delayMs, delayMs + 15], random: seeded(seed) });
            const stream = new WatchedStream(far);
            let sounds = 0;
            for (const { gapMs, act: next } of schedule) {
              await far.clock.pass(gapMs);
              if (next.kind === 'write')
                stream.write(`sound ${(sounds += 1)} of ${stream.generation}`, next.ms);
              else if (next.kind === 'clear') stream.clear();
              else if (next.kind === 'lose') far.losesMarks(next.ms);
              else far.holdsMarks(next.ms);
              stream.checkHeardSoFar();
            }
            far.losesMarks(0);
            await far.clock.pass(30_000);
            expect(stream.closed).toEqual([]);
            expect(far.stream.heardSoFar()).toEqual([]);
            stream.expectNothingBroken();
            far.stream.close();
            await far.clock.pass(1_000);
          },
        ),
        { numRuns: 150 },
      );
    },
    60_000,
  );
});
