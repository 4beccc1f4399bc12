import { randomUUID } from 'node:crypto';
import { PCMU_8K, sameFormat, type NewCallEvent } from '@tandem/contracts';
import type {
  AudioFrame,
  CallerStream,
  CallerStreamListener,
  HeardSound,
  RecordingControl,
} from '@tandem/conversation';
import { RecordingWriter } from './recording-writer.ts';
import { TwoChannels } from './two-channels.ts';
import type { KeyWrapper } from './key-file.ts';
import type { RecordingStore } from './recording-store.ts';

export interface RecordedStreamOptions {
  readonly tenantId: string;
  readonly store: RecordingStore;
  readonly keys: KeyWrapper;
  /** Ms since admission. */
  readonly atMs: () => number;
  readonly record: (fact: NewCallEvent) => void;
  readonly onFailure: (error: unknown) => void;
}

/** Four minutes of the agent ahead of the caller's ear; the stream itself holds no more. */
const MAX_AGENT_BYTES = 4 * 60 * 8_000;
const FINISH_MS = 5_000;

/**
 * A caller stream that is recorded on its way: what passes it, as it is heard, in two channels. Records
 * nothing until it is told to start; the stream itself is not changed by any of it.
 */
export class RecordedStream implements CallerStream, RecordingControl {
  readonly format;
  readonly streamId;
  readonly recordingId = randomUUID();
  private state: 'waiting' | 'running' | 'paused' | 'finished' = 'waiting';
  private writer: RecordingWriter | null = null;
  private readonly channels = new TwoChannels((sound) => this.keep(sound), MAX_AGENT_BYTES);
  private bytes = 0;

  constructor(
    private readonly stream: CallerStream,
    private readonly options: RecordedStreamOptions,
  ) {
    this.format = stream.format;
    this.streamId = stream.streamId;
  }

  attach(listener: CallerStreamListener): void {
    this.stream.attach({
      onAudio: (frame) => {
        if (this.isRecording) this.channels.addCallerFrame(frame, this.state === 'running');
        listener.onAudio(frame);
      },
      onHeard: (heard) => listener.onHeard(heard),
      onSilent: () => listener.onSilent(),
      onDigit: (digit) => listener.onDigit(digit),
      onClosed: (reason) => listener.onClosed(reason),
    });
  }

  write(frame: AudioFrame, soundId: string): void {
    if (this.isRecording) this.channels.addAgentAudio(frame, soundId);
    this.stream.write(frame, soundId);
  }

  clear(fadeMs?: number): HeardSound[] {
    const heard = fadeMs === undefined ? this.stream.clear() : this.stream.clear(fadeMs);
    if (this.isRecording) this.channels.truncate(heard);
    return heard;
  }

  heardSoFar(): HeardSound[] {
    return this.stream.heardSoFar();
  }

  close(): void {
    this.stream.close();
  }

  start(): void {
    if (this.state !== 'waiting') return;
    const { tenantId, store, keys, onFailure } = this.options;
    if (!sameFormat(this.format, PCMU_8K))
      return onFailure(new TypeError('Only streams of µ-law at 8 kHz are recorded.'));
    this.writer = new RecordingWriter(this.recordingId, tenantId, store, keys, onFailure);
    this.setState('running', 'started');
  }

  pause(): void {
    if (this.state === 'running') this.setState('paused', 'paused');
  }

  resume(): void {
    if (this.state === 'paused') this.setState('running', 'resumed');
  }

  async finish(): Promise<void> {
    if (!this.isRecording || !this.writer) return;
    this.state = 'finished';
    this.channels.truncate(this.stream.heardSoFar());
    this.channels.flush();
    const { outcome, bytes } = await this.writer.finish(FINISH_MS);
    this.options.record({
      type: 'recording.finished',
      data: {
        recordingId: this.recordingId,
        durationMs: Math.round(this.bytes / 16),
        bytes,
        outcome,
        atMs: this.options.atMs(),
      },
    });
  }

  private get isRecording(): boolean {
    return this.state === 'running' || this.state === 'paused';
  }

  private setState(state: 'running' | 'paused', told: 'started' | 'paused' | 'resumed'): void {
    this.state = state;
    this.options.record({
      type: 'recording.changed',
      data: { recordingId: this.recordingId, state: told, atMs: this.options.atMs() },
    });
  }

  private keep(sound: Buffer): void {
    this.bytes += sound.byteLength;
    this.writer?.write(sound);
  }
}
