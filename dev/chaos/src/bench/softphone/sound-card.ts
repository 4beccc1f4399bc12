import { encodeMulaw, FRAME_BYTES, FRAME_MS, PHONE_RATE_HZ } from '@tandem/kit';
import type { PhoneAudio, PhoneAudioEvents } from '@tandem/softphone/phone';

/** The rate of calls, so that nothing is resampled twice. */
const CARD_HZ = 16_000;
/** Samples a browser asks its audio thread for at a time. */
const QUANTUM = 128;
const QUANTA_PER_MS = CARD_HZ / 1_000 / QUANTUM;
const TURN_MS = 10;
/** Samples of the card for one of a telephone. */
const TO_PHONE = CARD_HZ / PHONE_RATE_HZ;
const SAMPLES_PER_FRAME = FRAME_BYTES * TO_PHONE;
/** A frame whose loudest sample is above this is heard. */
const AUDIBLE = 0.005;
const FULL_SCALE = 32_767;

interface Port {
  onmessage: ((event: { readonly data: unknown }) => void) | null;
  postMessage(message: unknown): void;
}

interface Processor {
  readonly port: Port;
  process(inputs: readonly Float32Array[][], outputs: readonly Float32Array[][]): boolean;
}

type ProcessorClass = new (options: { readonly processorOptions: { readonly wireHz: number } }) => Processor;

/** Each context has a clock of its own; the processor reads it only while it processes. */
const audioThread = globalThis as typeof globalThis & { currentFrame: number };

/** The audio thread of a browser, as far as the softphone's processor knows it. */
async function loadProcessor(): Promise<ProcessorClass> {
  let loaded: ProcessorClass | null = null;
  Object.assign(globalThis, {
    sampleRate: CARD_HZ,
    AudioWorkletProcessor: class {
      readonly port: Port = { onmessage: null, postMessage: () => undefined };
    },
    registerProcessor: (_name: string, processor: ProcessorClass) => (loaded = processor),
  });
  await import('@tandem/softphone/worklet');
  if (!loaded) throw new TypeError('The softphone registered no processor.');
  return loaded;
}

const SoftphoneProcessor = await loadProcessor();

/** A microphone and a loudspeaker that run the softphone's own processor, without a browser. */
export class SoundCard implements PhoneAudio {
  readonly fault = null;
  readonly loaded = Promise.resolve();
  /** Frames that were heard, as µ-law, each with its time from {@link startedAt}. */
  readonly heard: { readonly frame: Uint8Array; readonly atMs: number }[] = [];
  /** Unix time at which something was heard last; null before. */
  audibleAt: number | null = null;
  private processor: Processor | null = null;
  private readonly timer: NodeJS.Timeout;
  readonly startedAt = performance.now();
  private quanta = 0;
  private speech: Float32Array = new Float32Array(0);
  private spoken: (() => void) | null = null;
  private readonly ear = new Float32Array(SAMPLES_PER_FRAME);
  private filled = 0;

  constructor(private readonly events: PhoneAudioEvents) {
    this.timer = setInterval(() => this.run(), TURN_MS);
  }

  get isAudible(): boolean {
    return this.processor !== null;
  }

  openMicrophone(): Promise<void> {
    return Promise.resolve();
  }

  chooseOutput(): Promise<void> {
    return Promise.resolve();
  }

  /** Speaks into the microphone. Resolves when it was said. */
  say(samples: Int16Array): Promise<void> {
    const speech = Float32Array.from(samples, (sample) => sample / FULL_SCALE);
    return new Promise((resolve) => {
      this.spoken?.();
      this.speech = speech;
      this.spoken = resolve;
    });
  }

  setMuted(isMuted: boolean): void {
    this.tell({ kind: 'mute', isMuted });
  }

  begin(wireHz: number): void {
    const processor = new SoftphoneProcessor({ processorOptions: { wireHz } });
    processor.port.postMessage = (message) =>
      queueMicrotask(() => {
        if (this.processor === processor) this.events.onProcessor(message as never);
      });
    this.processor = processor;
  }

  play(sound: number, samples: Int16Array<ArrayBuffer>): void {
    this.tell({ kind: 'audio', sound, samples });
  }

  clear(id: number, fadeMs: number): void {
    this.tell({ kind: 'clear', id, fadeMs });
  }

  close(): Promise<void> {
    clearInterval(this.timer);
    this.processor = null;
    this.spoken?.();
    return Promise.resolve();
  }

  private tell(data: unknown): void {
    this.processor?.port.onmessage?.({ data });
  }

  private run(): void {
    const due = Math.floor((performance.now() - this.startedAt) * QUANTA_PER_MS);
    for (; this.quanta < due; this.quanta += 1) {
      const out = new Float32Array(QUANTUM);
      audioThread.currentFrame = this.quanta * QUANTUM;
      this.processor?.process([[this.nextOfMicrophone()]], [[out]]);
      this.hear(out);
    }
  }

  private nextOfMicrophone(): Float32Array {
    const samples = new Float32Array(QUANTUM);
    samples.set(this.speech.subarray(0, QUANTUM));
    this.speech = this.speech.subarray(QUANTUM);
    if (this.speech.length === 0) {
      this.spoken?.();
      this.spoken = null;
    }
    return samples;
  }

  private hear(samples: Float32Array): void {
    for (const sample of samples) {
      this.ear[this.filled] = sample;
      this.filled += 1;
      if (this.filled < SAMPLES_PER_FRAME) continue;
      this.filled = 0;
      this.takeFrame();
    }
  }

  /** The agent's voice has nothing above the band of a telephone: every other sample is enough. */
  private takeFrame(): void {
    const frame = Int16Array.from({ length: FRAME_BYTES }, (_, at) =>
      Math.round((this.ear[at * TO_PHONE] as number) * FULL_SCALE),
    );
    const atMs = performance.now() - this.startedAt - FRAME_MS;
    this.heard.push({ frame: encodeMulaw(frame), atMs });
    if (this.ear.some((sample) => Math.abs(sample) > AUDIBLE)) this.audibleAt = performance.now();
  }
}
