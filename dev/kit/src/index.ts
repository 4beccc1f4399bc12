// Time, chance and sound for the workshop: simulators, stack, chaos, load and their specs. It knows nothing
// of the product, so the far sides stay an independent check of it.
export { systemClock, type Clock, type Timer } from './clock.ts';
export {
  ALAW_LINEAR,
  decodeMulaw,
  encodeAlaw,
  encodeMulaw,
  FRAME_BYTES,
  FRAME_MS,
  MULAW_LINEAR,
  MULAW_SILENCE,
  mulawTone,
  PHONE_RATE_HZ,
} from './g711.ts';
export { ManualClock } from './manual-clock.ts';
export { resample } from './resample.ts';
export { seededRandom } from './seeded-random.ts';
export { readWav, stereoMulawWav, WavError, wavToMulaw, writeWav, type Pcm } from './wav.ts';
