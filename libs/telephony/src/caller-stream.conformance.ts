import { afterEach, describe, expect, it } from '@jest/globals';
import { bytesPerMs } from '@tandem/contracts';
import type { StreamClosedReason } from '@tandem/conversation';
import fc from 'fast-check';
import { seeded } from './testing/seeded.ts';
import type { CallerStreamFarSide, LineSetting } from './testing/caller-stream-far-side.ts';
import { WatchedStream } from './testing/watched-stream.ts';

/** Checks the contract of `ports/caller-stream.ts`, which a session relies on with every carrier. */
export function describeCallerStream(
  name: string,
  connect: (line?: LineSetting) => CallerStreamFarSide,
): void {
  const can = connect();
  can.stream.close();
  let open: CallerStreamFarSide[] = [];
  const call = (line?: LineSetting): { far: CallerStreamFarSide; stream: WatchedStream } => {
    const far = connect(line);
    open.push(far);
    return { far, stream: new WatchedStream(far) };
  };

  afterEach(() => {
    for (const far of open) far.stream.close();
    open = [];
  });

  describe(`${name}: the caller's voice`, () => {
    it('arrives untouched, in order, digits in their place', async () => {
      const { far, stream } = call();
      far.speaks(stream.frame(20, 11).bytes);
      far.presses('4');
      far.speaks(stream.frame(20, 12).bytes);
      far.presses('#');
      await far.clock.pass(40);
      expect(stream.said).toEqual(['voice 11 20 ms', 'digit 4', 'voice 12 20 ms', 'digit #']);
    });

    it('belongs to the listener: a frame that is kept does not change', async () => {
      const { far, stream } = call();
      far.speaks(stream.frame(20, 11).bytes);
      await far.clock.pass(20);
      const [kept] = stream.frames;
      for (let value = 20; value < 120; value += 1) far.speaks(stream.frame(20, value).bytes);
      await far.clock.pass(2_000);
      expect(new Set(kept?.bytes)).toEqual(new Set([11]));
      expect(Buffer.from(kept?.base64 ?? '', 'base64')).toEqual(Buffer.from(kept?.bytes ?? []));
    });

    if (can.floodedFrames)
      it(
        'fifty times as fast as anybody speaks is dropped and counted; what was said before and after ' +
          'arrives',
        async () => {
          const { far, stream } = call();
          far.speaks(stream.frame(20, 11).bytes);
          await far.clock.pass(1_000);
          for (let ms = 0; ms < 4_000; ms += 20) {
            for (let copy = 0; copy < 50; copy += 1) far.speaks(stream.frame(20, 12).bytes);
            await far.clock.pass(20);
          }
          expect(stream.voiceMs(12)).toBeLessThan(10_000);
          expect((far.floodedFrames?.() ?? 0) * 20).toBeGreaterThan(180_000);
          await far.clock.pass(10_000);
          far.speaks(stream.frame(20, 13).bytes);
          await far.clock.pass(20);
          expect(stream.voiceMs(11)).toBe(20);
          expect(stream.voiceMs(13)).toBe(20);
        },
      );

    it('arrives whole after a network delay of two seconds', async () => {
      const { far, stream } = call();
      await far.clock.pass(5_000);
      for (let frame = 0; frame < 100; frame += 1) far.speaks(stream.frame(20, 12).bytes);
      await far.clock.pass(20);
      expect(stream.voiceMs(12)).toBe(2_000);
    });
  });

  describe(`${name}: what the caller hears`, () => {
    it('is everything that was written, in order, reported as it is heard', async () => {
      const { far, stream } = call();
      stream.write('hello', 1_000);
      stream.write('how are you', 500);
      stream.write('how are you', 700);
      await far.clock.pass(1_100);
      expect(stream.heardOf('hello')).toEqual({ soundId: 'hello', heardMs: 1_000, isComplete: true });
      await far.clock.pass(1_400);
      expect(stream.heardOf('how are you')).toEqual({
        soundId: 'how are you',
        heardMs: 1_200,
        isComplete: true,
      });
      expect([stream.truly('hello'), stream.truly('how are you')]).toEqual([1_000, 1_200]);
      expect(far.stream.heardSoFar()).toEqual([]);
    });

    it('is known between two reports: never too much, at most 100 ms too little', async () => {
      const { far, stream } = call();
      stream.write('long', 6_000);
      for (let at = 0; at < 5_000; at += 170) {
        await far.clock.pass(170);
        const known = far.stream.heardSoFar().find(({ soundId }) => soundId === 'long')?.heardMs ?? -1;
        expect(known).toBeLessThanOrEqual(stream.truly('long'));
        expect(known).toBeGreaterThanOrEqual(stream.truly('long') - 100);
      }
    });

    it('goes on after a silence as if there had been none', async () => {
      const { far, stream } = call();
      stream.write('first', 300);
      await far.clock.pass(9_000);
      stream.write('second', 300);
      await far.clock.pass(100);
      expect(
        far.stream.heardSoFar().find(({ soundId }) => soundId === 'second')?.heardMs,
      ).toBeLessThanOrEqual(stream.truly('second'));
      await far.clock.pass(400);
      expect(stream.heardOf('second')).toMatchObject({ heardMs: 300, isComplete: true });
    });

    it('is complete, for a sound that grows while it plays, when nothing more of it waits', async () => {
      const { far, stream } = call();
      for (let piece = 0; piece < 10; piece += 1) {
        stream.write('drip', 200);
        await far.clock.pass(150);
      }
      await far.clock.pass(1_000);
      expect(stream.heardOf('drip')).toEqual({ soundId: 'drip', heardMs: 2_000, isComplete: true });
    });
  });

  describe(`${name}: clearing`, () => {
    it('silences at once and returns what was heard of each sound; no report of them follows', async () => {
      const { far, stream } = call();
      stream.write('heard', 400);
      stream.write('cut', 3_000);
      stream.write('never', 1_000);
      await far.clock.pass(1_000);
      const cleared = stream.clear();
      const truth = stream.truly('cut');
      expect(cleared.map(({ soundId }) => soundId)).toEqual(['cut', 'never']);
      expect(cleared[0]?.heardMs).toBeLessThanOrEqual(truth);
      expect(cleared[0]?.heardMs).toBeGreaterThanOrEqual(truth - 100);
      expect(cleared[1]?.heardMs).toBe(0);
      expect(far.stream.heardSoFar()).toEqual([]);
      await far.clock.pass(6_000);
      expect(stream.truly('cut') - truth).toBeLessThanOrEqual(40);
      expect(stream.truly('never')).toBe(0);
    });

    it('reports silence once', async () => {
      const { far, stream } = call({ delayMs: [60, 60] });
      stream.write('long', 3_000);
      await far.clock.pass(1_000);
      stream.clear();
      expect(stream.silences).toEqual([]);
      await far.clock.pass(500);
      expect(stream.silences).toHaveLength(1);
      stream.clear();
      await far.clock.pass(500);
      expect(stream.silences).toHaveLength(2);
      stream.expectNothingBroken();
    });

    it('drops queued audio as well, and returns nothing the second time', async () => {
      const { far, stream } = call();
      for (let second = 0; second < 60; second += 1) stream.write('monologue', 1_000);
      await far.clock.pass(500);
      expect(stream.clear()).toHaveLength(1);
      expect(stream.clear()).toEqual([]);
      expect(far.heldBytes()).toBe(0);
    });

    it('does not touch what is written after it', async () => {
      const { far, stream } = call();
      stream.write('old', 3_000);
      await far.clock.pass(500);
      stream.clear();
      stream.write('new', 600);
      await far.clock.pass(1_000);
      expect(stream.heardOf('new')).toEqual({ soundId: 'new', heardMs: 600, isComplete: true });
      expect(stream.truly('new')).toBe(600);
    });

    it('returns nothing on a silent line', async () => {
      const { far, stream } = call();
      expect(stream.clear()).toEqual([]);
      stream.write('after', 200);
      await far.clock.pass(400);
      expect(stream.heardOf('after')).toMatchObject({ isComplete: true });
    });
  });

  describe(`${name}: the end`, () => {
    const endings: [string, StreamClosedReason, (far: CallerStreamFarSide) => void][] = [
      ['the caller hangs up', can.hangUpReason ?? 'caller-hangup', (far) => far.hangsUp()],
      ['the connection is cut', 'connection-lost', (far) => far.isCut()],
      ['we close', 'closed-by-us', (far) => far.stream.close()],
    ];
    it.each(endings)('comes once when %s, as the last call', async (_how, reason, end) => {
      const { far, stream } = call();
      stream.write('goodbye', 1_000);
      await far.clock.pass(300);
      end(far);
      await far.clock.pass(1);
      far.stream.close();
      far.isCut();
      await far.clock.pass(50);
      expect(stream.closed).toEqual([reason]);
      const known = stream.said.length;
      stream.write('too late', 500);
      expect(stream.clear().filter(({ soundId }) => soundId === 'too late')).toEqual([]);
      far.speaks(stream.frame(20, 99).bytes);
      far.stream.close();
      await far.clock.pass(5_000);
      expect(stream.closed).toEqual([reason]);
      expect(stream.said).toHaveLength(known);
      expect(stream.truly('too late')).toBe(0);
      expect(far.clock.pendingTimers).toBe(0);
    });

    if (can.freezes)
      it('comes by itself when the line goes dead', async () => {
        const { far, stream } = call();
        await far.clock.pass(1_000);
        far.freezes?.();
        await far.clock.pass(far.patienceMs);
        expect(stream.closed).toEqual(['media-timeout']);
      });

    if (can.fallsDeaf)
      it('comes by itself when audio is no longer played', async () => {
        const { far, stream } = call();
        stream.write('hello', 1_000);
        await far.clock.pass(500);
        far.fallsDeaf?.();
        for (let ms = 0; ms < far.patienceMs; ms += 1_000) {
          stream.write('is anybody there', 1_000);
          await far.clock.pass(1_000);
        }
        expect(stream.closed).toEqual(['media-timeout']);
      });

    if (can.talksNonsense)
      it('comes after many invalid messages in a row, not after a few', async () => {
        const { far, stream } = call();
        for (let slip = 0; slip < 20; slip += 1) {
          far.talksNonsense?.();
          far.speaks(stream.frame(20, 7).bytes);
          await far.clock.pass(20);
        }
        expect(stream.closed).toEqual([]);
        for (let nonsense = 0; nonsense < 60; nonsense += 1) far.talksNonsense?.();
        await far.clock.pass(20);
        expect(stream.closed).toEqual(['media-errors']);
      });
  });

  describe(`${name}: bounds and turns`, () => {
    it('holds audio up to its bound, drops the rest and counts it', async () => {
      const { far, stream } = call();
      const bytes = (ms: number) => ms * bytesPerMs(far.stream.format);
      for (let ms = 0; ms < far.boundMs * 2; ms += 1_000) stream.write('flood', 1_000);
      expect(far.heldBytes()).toBeLessThanOrEqual(bytes(far.boundMs));
      expect(far.droppedBytes()).toBeGreaterThanOrEqual(bytes(far.boundMs) * 0.9);
      await far.clock.pass(2_000);
      expect(stream.truly('flood')).toBeGreaterThanOrEqual(1_800);
    });

    it('lets the listener write, clear and close from inside its calls', async () => {
      const { far, stream } = call();
      stream.onNext('voice', () => stream.write('answer', 200));
      far.speaks(stream.frame(20, 5).bytes);
      await far.clock.pass(400);
      expect(stream.heardOf('answer')).toMatchObject({ isComplete: true });
      stream.onNext('heard', () => stream.write('more', 200));
      stream.write('on and on', 200);
      await far.clock.pass(600);
      expect(stream.heardOf('more')).toMatchObject({ isComplete: true });
      stream.onNext('digit', () => far.stream.close());
      far.presses('0');
      far.presses('1');
      await far.clock.pass(40);
      expect(stream.said.filter((line) => line.startsWith('digit'))).toEqual(['digit 0']);
      expect(stream.closed).toEqual(['closed-by-us']);
    });

    it('never reports more than was heard, in 1,000 random calls', async () => {
      const act = fc.oneof(
        {
          weight: 6,
          arbitrary: fc.record({
            kind: fc.constant('write' as const),
            ms: fc.integer({ min: 20, max: 1_200 }),
            isSame: fc.boolean(),
          }),
        },
        { weight: 2, arbitrary: fc.record({ kind: fc.constant('clear' as const) }) },
      );
      const schedule = fc.array(fc.record({ gapMs: fc.integer({ min: 0, max: 900 }), act }), {
        minLength: 1,
        maxLength: 12,
      });
      await fc.assert(
        fc.asyncProperty(
          schedule,
          fc.integer({ min: 0, max: 150 }),
          fc.integer(),
          fc.integer({ min: 0, max: 1_500 }),
          async (steps, delayMs, seed, lastGapMs) => {
            const { far, stream } = call({ delayMs: [0, delayMs], random: seeded(seed) });
            let sound = 0;
            for (const { gapMs, act: next } of steps) {
              await far.clock.pass(gapMs);
              if (next.kind === 'clear') stream.clear();
              else stream.write(`sound ${next.isSame ? sound : (sound += 1)}${stream.generation}`, next.ms);
              stream.checkHeardSoFar();
            }
            await far.clock.pass(lastGapMs);
            stream.clear();
            await far.clock.pass(400);
            far.stream.close();
            await far.clock.pass(1);
            open.pop();
            stream.expectNothingBroken();
          },
        ),
        { numRuns: 1_000 },
      );
    }, 60_000);
  });
}
