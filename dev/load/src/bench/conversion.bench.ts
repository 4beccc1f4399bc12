import { PCM16_16K, PCM16_24K, PCM16_8K, PCMA_8K, PCMU_8K, type AudioFormat } from '@tandem/contracts';
import { AudioFrame, FrameConverter } from '@tandem/conversation';

interface ConversionCost {
  readonly pair: string;
  /** CPU µs per second of audio in each direction. */
  readonly toModel: number;
  readonly toCaller: number;
}

/** Formats of a stream and of the model behind it. The first ones are those calls have. */
const PAIRS: readonly (readonly [AudioFormat, AudioFormat])[] = [
  [PCM16_8K, PCMU_8K],
  [PCM16_16K, PCMU_8K],
  [PCM16_16K, PCM16_24K],
  [PCMA_8K, PCMU_8K],
  [PCM16_8K, PCM16_24K],
  [PCMU_8K, PCM16_24K],
];
const CALLER_FRAME_MS = 20;
const MODEL_DELTA_MS = 200;
const ROUNDS = 12;
const SECONDS_A_ROUND = 20;

/** Takes the best of several rounds, to measure the code and not other load on the machine. */
export function benchConversions(): ConversionCost[] {
  return PAIRS.map(([stream, model]) => ({
    pair: `${nameOf(stream)} → ${nameOf(model)}`,
    toModel: cost(stream, model, CALLER_FRAME_MS, false),
    toCaller: cost(model, stream, MODEL_DELTA_MS, true),
  }));
}

function cost(from: AudioFormat, to: AudioFormat, frameMs: number, isAligned: boolean): number {
  const converter = new FrameConverter(from, to, { isAligned });
  const bytes = noise((frameMs * from.rateHz * (from.encoding === 'pcm16' ? 2 : 1)) / 1_000);
  const frames = (1_000 / frameMs) * SECONDS_A_ROUND;
  let fastest = Number.POSITIVE_INFINITY;
  for (let round = 0; round < ROUNDS; round += 1) {
    const before = process.cpuUsage();
    for (let frame = 0; frame < frames; frame += 1) converter.convert(AudioFrame.fromBytes(bytes));
    const { user, system } = process.cpuUsage(before);
    fastest = Math.min(fastest, (user + system) / SECONDS_A_ROUND);
  }
  return fastest;
}

/** Bytes without a pattern, the same in each run. */
function noise(length: number): Uint8Array {
  let state = 1;
  return Uint8Array.from({ length }, () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return state >>> 24;
  });
}

function nameOf({ encoding, rateHz }: AudioFormat): string {
  return `${encoding} ${rateHz / 1_000} kHz`;
}
