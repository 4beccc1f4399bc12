import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { PlaybackBuffer } from './playback-buffer.ts';

const RATE_HZ = 8_000;
const FRAME_MS = 20;
const FRAME = (FRAME_MS * RATE_HZ) / 1000;
/** The browser asks for audio in steps of this length. */
const STEP_MS = 5;
/** The relay sends no further ahead of what is played. */
const AHEAD_MS = 1_000;
const PAUSE_MS = 600;
const SEED = 82;

/** A sound's samples are numbered from 1: what was played of them, and where another than the next came. */
interface Heard {
  samples: number;
  /** The numbers of the samples before each gap, loss or repetition. */
  readonly breaks: number[];
}

/** A call's line and its buffer: sounds are sent frame by frame, arrive in order, and are played. */
class StallingLine {
  readonly buffer = new PlaybackBuffer(RATE_HZ);
  private now = 0;
  private freeAt = 0;
  private sounds = 0;
  private onTheWay: { readonly at: number; readonly samples: Int16Array }[] = [];
  private readonly out = new Float32Array((STEP_MS * RATE_HZ) / 1000);

  /**
   * Plays a sound that is made `speed` times as fast as it is spoken.
   * @param stallMs for how long the line stands still once a frame is sent, for each frame
   */
  speak(stallMs: readonly number[], speed: number): Heard {
    this.sounds += 1;
    const heard: Heard = { samples: 0, breaks: [] };
    const from = this.now;
    let sent = 0;
    const isDue = () =>
      from + (sent * FRAME_MS) / speed <= this.now &&
      sent * FRAME_MS - (heard.samples * 1000) / RATE_HZ < AHEAD_MS;
    const end = from + 5 * FRAME_MS * stallMs.length;
    for (; heard.samples < FRAME * stallMs.length && this.now < end; this.pass(heard))
      for (; sent < stallMs.length && isDue(); sent += 1) this.send(sent, stallMs[sent]!);
    for (const until = this.now + PAUSE_MS; this.now < until;) this.pass(heard);
    return heard;
  }

  private send(frame: number, stallMs: number): void {
    this.freeAt = Math.max(this.freeAt, this.now + stallMs);
    const samples = Int16Array.from({ length: FRAME }, (_, index) => frame * FRAME + index + 1);
    this.onTheWay.push({ at: this.freeAt, samples });
  }

  private pass(heard: Heard): void {
    const arrived = this.onTheWay.filter(({ at }) => at <= this.now);
    this.onTheWay = this.onTheWay.slice(arrived.length);
    for (const { samples } of arrived) this.buffer.push(this.sounds, samples);
    this.buffer.pull(this.out);
    for (const value of this.out) {
      const sample = Math.round(value * 32_768);
      const isNext = sample === heard.samples + 1;
      if (isNext) heard.samples += 1;
      else if (heard.breaks.at(-1) !== heard.samples) heard.breaks.push(heard.samples);
    }
    this.now += STEP_MS;
  }
}

/** Silence before the first sample and after the last one breaks nothing. */
function breaksWithin({ breaks }: Heard, frames: number): number[] {
  return breaks.filter((sample) => sample > 0 && sample < frames * FRAME);
}

const speed = fc.constantFrom(1, 1.2, 2, 4, 50);
const wordsOf = (frames: number, words: number) =>
  fc.array(fc.array(fc.integer({ min: 1, max: 20 }), { minLength: frames, maxLength: frames }), {
    minLength: 1,
    maxLength: words,
  });

describe('a line that stalls', () => {
  it('for 100 ms at 5 % of the frames breaks no word, from the first one on', () => {
    let stalls = 0;
    const whole = (dice: readonly number[], line: StallingLine, madeAt: number) => {
      const stallMs = dice.map((eyes) => (eyes === 20 ? 100 : 0));
      stalls += stallMs.filter(Boolean).length;
      const heard = line.speak(stallMs, madeAt);
      expect([heard.samples, breaksWithin(heard, dice.length)]).toEqual([dice.length * FRAME, []]);
    };
    fc.assert(
      fc.property(wordsOf(60, 4), speed, (words, madeAt) => {
        const line = new StallingLine();
        for (const dice of words) whole(dice, line, madeAt);
        expect(line.buffer.underruns).toBe(0);
      }),
      { seed: SEED, numRuns: 40 },
    );
    expect(stalls).toBeGreaterThan(200);
  });

  it('for up to 160 ms, once in each word, breaks two and then no more', () => {
    const stall = fc.record({ at: fc.integer({ min: 0, max: 48 }), ms: fc.integer({ min: 100, max: 160 }) });
    fc.assert(
      fc.property(fc.array(stall, { minLength: 8, maxLength: 8 }), speed, (stalls, madeAt) => {
        const line = new StallingLine();
        const words = stalls.map(({ at, ms }) =>
          line.speak(
            Array.from({ length: 50 }, (_, frame) => (frame === at ? ms : 0)),
            madeAt,
          ),
        );
        expect(words.map(({ samples }) => samples)).toEqual(words.map(() => 50 * FRAME));
        expect(words.filter((word) => breaksWithin(word, 50).length > 0).length).toBeLessThanOrEqual(2);
      }),
      { seed: SEED, numRuns: 25 },
    );
  });
});
