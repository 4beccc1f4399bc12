import type { AudioFormat } from '@tandem/contracts';
import { ALAW_LINEAR, FRAME_MS, MULAW_LINEAR } from '@tandem/kit';

const MULAW_POWER = Float64Array.from(MULAW_LINEAR, (sample) => sample * sample);
const ALAW_POWER = Float64Array.from(ALAW_LINEAR, (sample) => sample * sample);

/**
 * Cuts audio of any piece size into 20 ms frames and reports the RMS of each. Allocates nothing per piece.
 */
export class EnergyMeter {
  private readonly format: AudioFormat;
  private readonly frameSamples: number;
  private readonly onFrame: (rms: number) => void;
  private power = 0;
  private samples = 0;

  constructor(format: AudioFormat, onFrame: (rms: number) => void) {
    this.format = format;
    this.frameSamples = (format.rateHz * FRAME_MS) / 1000;
    this.onFrame = onFrame;
  }

  /** Whole samples only: 16-bit audio must not be cut within a sample. */
  push(audio: Buffer): void {
    const isWide = this.format.encoding === 'pcm16';
    const table = this.format.encoding === 'pcma' ? ALAW_POWER : MULAW_POWER;
    const total = isWide ? audio.length >> 1 : audio.length;
    for (let done = 0; done < total;) {
      const end = Math.min(total, done + this.frameSamples - this.samples);
      this.power += isWide ? widePower(audio, done, end) : tablePower(table, audio, done, end);
      this.samples += end - done;
      done = end;
      if (this.samples === this.frameSamples) this.finishFrame();
    }
  }

  private finishFrame(): void {
    const rms = Math.sqrt(this.power / this.frameSamples);
    this.power = 0;
    this.samples = 0;
    this.onFrame(rms);
  }
}

function tablePower(table: Float64Array, audio: Buffer, from: number, to: number): number {
  let power = 0;
  for (let index = from; index < to; index++) power += table[audio[index] as number] as number;
  return power;
}

function widePower(audio: Buffer, from: number, to: number): number {
  let power = 0;
  for (let index = from; index < to; index++) {
    const sample = audio.readInt16LE(index * 2);
    power += sample * sample;
  }
  return power;
}
