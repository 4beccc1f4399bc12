import { describe, expect, it } from '@jest/globals';
import { PCM16_16K, PCM16_24K, PCM16_8K, PCMA_8K, PCMU_8K, type AudioFormat } from '@tandem/contracts';
import fc from 'fast-check';
import { AudioFrame } from './audio-frame.ts';
import { encodeSamples } from './encode-samples.ts';
import { FrameConverter } from './frame-converter.ts';
import { SAMPLE_CODECS } from './sample-codec.ts';

type Pair = readonly [AudioFormat, AudioFormat];
const STREAMS = [PCM16_8K, PCM16_16K];
const MODELS = [PCMU_8K, PCMA_8K, PCM16_24K];
const PAIRS: Pair[] = STREAMS.flatMap((stream) =>
  MODELS.flatMap((model): Pair[] => [
    [stream, model],
    [model, stream],
  ]),
);
const named = PAIRS.map(([from, to]) => ({ from, to, name: `${nameOf(from)} to ${nameOf(to)}` }));

function nameOf({ encoding, rateHz }: AudioFormat): string {
  return `${encoding} ${rateHz}`;
}

/** A tone of 500 Hz that begins and ends at zero. */
function tone({ rateHz }: AudioFormat, ms: number, amplitude = 16_000): Int16Array {
  return Int16Array.from({ length: (rateHz * ms) / 1_000 }, (_, at) =>
    Math.round(amplitude * Math.sin((2 * Math.PI * 500 * at) / rateHz)),
  );
}

function encoded(samples: Int16Array, { encoding }: AudioFormat): Uint8Array {
  return encodeSamples(samples, encoding);
}

function decoded(bytes: Uint8Array, { encoding }: AudioFormat): Int16Array {
  const { bytesPerSample, decode } = SAMPLE_CODECS[encoding];
  const samples = new Int16Array(bytes.byteLength / bytesPerSample);
  decode(bytes, 0, samples, samples.length);
  return samples;
}

/** Returns all that a converter gives for a sound in these pieces, its end included. */
function whole(converter: FrameConverter, ...pieces: readonly Uint8Array[]): Uint8Array {
  const frames = pieces.map((piece) => converter.convert(AudioFrame.fromBytes(piece)));
  return Buffer.concat([...frames, converter.flush()].flatMap((frame) => (frame ? [frame.bytes] : [])));
}

const aligned = (from: AudioFormat, to: AudioFormat) => new FrameConverter(from, to, { isAligned: true });
const largest = (samples: Iterable<number>) => Math.max(...Array.from(samples, Math.abs));
const jumps = (samples: Int16Array) =>
  samples.subarray(1).map((sample, at) => Math.abs(sample - (samples[at] as number)));

describe.each(named)('a sound, $name', ({ from, to }) => {
  const sound = encoded(tone(from, 200), from);

  it('has the same positions in ms on both sides, and none of it is lost', () => {
    const heard = decoded(whole(aligned(from, to), sound), to);
    const wanted = tone(to, 200);
    expect(heard).toHaveLength(wanted.length);
    // Half an output sample of 500 Hz, and the steps of G.711. The edges of a sound are softer.
    const bound = (16_000 * Math.PI * 500) / to.rateHz + 600;
    const middle = heard.subarray(to.rateHz / 100, -to.rateHz / 100);
    const error = middle.map((sample, at) => sample - (wanted[at + to.rateHz / 100] as number));
    expect(largest(error)).toBeLessThan(bound);
  });

  it('is the same however it is cut, inside a sample too', () => {
    const once = whole(aligned(from, to), sound);
    const cuts = fc.array(fc.integer({ min: 0, max: sound.length }), { maxLength: 6 });
    fc.assert(
      fc.property(cuts, (places) => {
        const edges = [0, ...places.toSorted((a, b) => a - b), sound.length];
        const pieces = edges.slice(1).map((edge, at) => sound.subarray(edges[at], edge));
        expect(Buffer.compare(whole(aligned(from, to), ...pieces), once)).toBe(0);
      }),
      { numRuns: 30 },
    );
  });

  it('leaves nothing behind in the next one', () => {
    const converter = aligned(from, to);
    whole(converter, encoded(tone(from, 33), from), Uint8Array.of(1));
    expect(Buffer.compare(whole(converter, sound), whole(aligned(from, to), sound))).toBe(0);
  });

  it('begins and ends without a click', () => {
    const heard = decoded(whole(aligned(from, to), sound, sound), to);
    const edges = [heard[0] as number, heard.at(-1) as number];
    expect(largest(edges)).toBeLessThan(largest(jumps(tone(to, 20))) + 600);
    expect(largest(jumps(heard))).toBeLessThan(largest(jumps(tone(to, 20))) * 1.1 + 600);
  });

  it('of a caller has frames of one length from the first on', () => {
    const line = new FrameConverter(from, to, { isAligned: false });
    const frame = encoded(tone(from, 20), from);
    const lengths = Array.from({ length: 5 }, () => line.convert(AudioFrame.fromBytes(frame))?.byteLength);
    expect(new Set(lengths)).toEqual(new Set([encoded(tone(to, 20), to).byteLength]));
  });

  it('without a byte converts to nothing', () => {
    expect(aligned(from, to).convert(AudioFrame.fromBytes(new Uint8Array(0)))).toBeNull();
    expect(aligned(from, to).flush()).toBeNull();
  });
});

describe('a very long frame', () => {
  it('converts like the same audio in short ones', () => {
    const sound = encoded(tone(PCM16_24K, 5_000), PCM16_24K);
    const pieces = Array.from({ length: 250 }, (_, at) => sound.subarray(960 * at, 960 * (at + 1)));
    const converter = aligned(PCM16_24K, PCM16_16K);
    expect(Buffer.compare(whole(converter, sound), whole(converter, ...pieces))).toBe(0);
  });
});
