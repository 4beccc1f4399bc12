import { randomUUID } from 'node:crypto';
import { bytesPerMs, type NewCallEvent } from '@tandem/contracts';
import type {
  AudioFrame,
  CallerStream,
  CallerStreamListener,
  HeardSound,
  PauseReason,
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
  /** Returns the ms since admission. */
  readonly atMs: () => number;
  readonly record: (event: NewCallEvent) => void;
  readonly onFailure: (error: unknown) => void;
}

/** Agent audio queued ahead of the caller's ear; the stream itself holds no more. */
const MAX_AGENT_MS = 4 * 60_000;
/** A sync takes seconds on a disk that others write to; only a relay that drains waits for it. */
const FINISH_TIMEOUT_MS = 20_000;
const CHANNELS = 2;

/**
 * Records a caller stream in two channels, as it is heard, in the stream's own format. Records nothing before
 * `start`. The stream itself behaves as without a recorder.
 */
export class RecordedStream implements CallerStream, RecordingControl {
  readonly format;
  readonly streamId;
  readonly recordingId = randomUUID();
  private state: 'waiting' | 'running' | 'paused' | 'finished' = 'waiting';
  private writer: RecordingWriter | null = null;
  private readonly channels: TwoChannels;
  private bytes = 0;

  constructor(
    private readonly stream: CallerStream,
    private readonly options: RecordedStreamOptions,
  ) {
    this.format = stream.format;
    this.streamId = stream.streamId;
    const maxAgentBytes = MAX_AGENT_MS * bytesPerMs(this.format);
    this.channels = new TwoChannels(this.format, (sound) => this.keep(sound), maxAgentBytes);
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
      onText: (text) => listener.onText?.(text),
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
    this.writer = new RecordingWriter(this.recordingId, tenantId, store, keys, onFailure, this.format);
    this.setState('running', 'started');
  }

  pause(by?: PauseReason): void {
    if (this.state === 'running') this.setState('paused', 'paused', by);
  }

  resume(by?: PauseReason): void {
    if (this.state === 'paused') this.setState('running', 'resumed', by);
  }

  async finish(): Promise<void> {
    if (!this.isRecording || !this.writer) return;
    this.state = 'finished';
    this.channels.truncate(this.stream.heardSoFar());
    this.channels.flush();
    const { outcome, bytes } = await this.writer.finish(FINISH_TIMEOUT_MS);
    this.options.record({
      type: 'recording.finished',
      data: {
        recordingId: this.recordingId,
        durationMs: Math.round(this.bytes / (CHANNELS * bytesPerMs(this.format))),
        bytes,
        outcome,
        atMs: this.options.atMs(),
      },
    });
  }

  private get isRecording(): boolean {
    return this.state === 'running' || this.state === 'paused';
  }

  private setState(
    state: 'running' | 'paused',
    change: 'started' | 'paused' | 'resumed',
    by?: PauseReason,
  ): void {
    this.state = state;
    const { recordingId } = this;
    this.options.record({
      type: 'recording.changed',
      data: { recordingId, state: change, ...(by && { by }), atMs: this.options.atMs() },
    });
  }

  private keep(sound: Buffer): void {
    this.bytes += sound.byteLength;
    this.writer?.write(sound);
  }
}
