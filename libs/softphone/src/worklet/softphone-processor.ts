import { Capture } from '../audio/capture.ts';
import { Playback } from '../audio/playback.ts';
import {
  PROCESSOR,
  type FromProcessor,
  type ProcessorOptions,
  type ToProcessor,
} from './processor-messages.ts';

/*
 * The part of the softphone that runs on the browser's audio thread, with its clock: timers of a page in the
 * background are slow. https://webaudio.github.io/web-audio-api/#AudioWorkletGlobalScope
 */
declare const sampleRate: number;
declare const currentFrame: number;
declare class AudioWorkletProcessor {
  readonly port: MessagePort;
}
declare function registerProcessor(
  name: string,
  processor: new (options: { readonly processorOptions: ProcessorOptions }) => AudioWorkletProcessor,
): void;

/** Samples a browser asks for at a time. */
const QUANTUM = 128;
const REPORT_EVERY_S = 0.1;

class SoftphoneProcessor extends AudioWorkletProcessor {
  private readonly capture: Capture;
  private readonly playback: Playback;
  private readonly wireHz: number;
  private readonly silence = new Float32Array(QUANTUM);
  private sinceReport = 0;
  private outLevel = 0;
  private reported = { sound: 0, samples: 0 };
  /** The context's frame after the last one that was processed. */
  private endFrame = 0;

  constructor({ processorOptions: { wireHz } }: { readonly processorOptions: ProcessorOptions }) {
    super();
    this.wireHz = wireHz;
    this.capture = new Capture(sampleRate, wireHz, (samples) =>
      this.port.postMessage({ kind: 'frame', samples } satisfies FromProcessor, [samples.buffer]),
    );
    this.playback = new Playback(sampleRate, wireHz, QUANTUM);
    this.port.onmessage = ({ data }: MessageEvent<ToProcessor>) => this.receive(data);
  }

  process(inputs: readonly Float32Array[][], outputs: readonly Float32Array[][]): boolean {
    this.capture.push(inputs[0]?.[0] ?? this.silence);
    const [first, ...others] = outputs[0] ?? [];
    if (first) {
      this.playback.pull(first);
      for (const other of others) other.set(first);
      for (const sample of first) this.outLevel = Math.max(this.outLevel, Math.abs(sample));
    }
    this.endFrame = currentFrame + QUANTUM;
    this.sinceReport += QUANTUM / sampleRate;
    const isDue = this.sinceReport >= REPORT_EVERY_S;
    if (isDue || this.playback.hasJustFinished) this.reportPosition();
    if (isDue) this.reportAlive();
    return true;
  }

  private receive(message: ToProcessor): void {
    switch (message.kind) {
      case 'audio':
        this.playback.buffer.push(message.sound, message.samples);
        return;
      case 'clear':
        this.reportPosition();
        this.playback.buffer.clear(message.fadeMs);
        this.tell({ kind: 'cleared', id: message.id });
        return;
      case 'mute':
        this.capture.isMuted = message.isMuted;
        return;
      case 'latency':
        this.playback.setOutputLatency(message.seconds);
        return;
    }
  }

  private reportPosition(): void {
    const position = this.playback.position();
    if (!position) return;
    const { sound, samples } = this.reported;
    if (position.sound === sound && position.samples === samples) return;
    this.reported = position;
    this.tell({ kind: 'played', position, at: Math.round((this.endFrame * 1000) / sampleRate) });
  }

  private reportAlive(): void {
    this.sinceReport = 0;
    const { underruns, dropped, delayMs, waitingSamples } = this.playback.buffer;
    const waitingMs = (waitingSamples * 1000) / this.wireHz;
    const { outLevel } = this;
    this.outLevel = 0;
    this.tell({
      kind: 'alive',
      inLevel: this.capture.takeLevel(),
      outLevel,
      underruns,
      dropped,
      delayMs,
      waitingMs,
    });
  }

  private tell(message: FromProcessor): void {
    this.port.postMessage(message);
  }
}

registerProcessor(PROCESSOR, SoftphoneProcessor);
