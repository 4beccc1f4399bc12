import { bytesPerMs } from '@tandem/contracts';
import { ManualClock } from '@tandem/conversation/testing';
import {
  AUDIO_HEADER_BYTES,
  audioMessage,
  decodeAudio,
  encodeAudio,
  PlaybackBuffer,
  readAudioMessage,
  readRelayMessage,
  type ClientMessage,
  type RelayMessage,
  type WireFormat,
} from '@tandem/softphone';
import type { MessageSocket, SocketListener } from '../../message-socket.ts';
import type { CallerStreamFarSide, LineSetting } from '../../testing/caller-stream-far-side.ts';
import { DelayedLine } from '../../testing/delayed-line.ts';
import { SOFTPHONE_STREAM_LIMITS, SoftphoneStream, type SoftphoneStreamLimits } from '../softphone-stream.ts';

/** The device plays and records in steps of this length. */
const TICK_MS = 20;
const REPORT_EVERY_MS = 100;
const FULL_SCALE = 32_768;

type Message = string | Uint8Array;

/** The relay's end of a socket to a {@link SoftphoneFarSide}. */
class PageSocket implements MessageSocket {
  listener: SocketListener | null = null;
  isOpen = true;
  unsentBytes = 0;
  closedWith: [number, string] | null = null;

  constructor(
    private readonly onSent: (message: Message) => void,
    private readonly onClosing: () => void,
  ) {}

  send(...messages: readonly Message[]): void {
    if (this.isOpen) for (const message of messages) this.onSent(message);
  }

  close(code = 1000, reason = ''): void {
    if (!this.isOpen) return;
    this.isOpen = false;
    this.closedWith = [code, reason];
    this.onClosing();
  }

  terminate(): void {
    this.close();
  }
}

/** Simulates a browser at the far end of a stream, with the playback buffer of real ones. */
export class SoftphoneFarSide implements CallerStreamFarSide {
  readonly clock = new ManualClock();
  readonly stream: SoftphoneStream;
  readonly boundMs: number;
  readonly patienceMs = 30_000;
  readonly errors: unknown[] = [];
  /** Every text message of the relay. */
  readonly told: RelayMessage[] = [];
  readonly socket: PageSocket;
  private readonly playback: PlaybackBuffer;
  private readonly played = new Map<number, number>();
  private readonly line: DelayedLine;
  private sequence = 0;
  private reported = 0;
  private sinceReportMs = 0;
  private isFrozen = false;
  private isDeaf = false;
  private isOver = false;

  constructor(
    private readonly format: WireFormat,
    line: LineSetting = {},
    limits: Partial<SoftphoneStreamLimits> = {},
  ) {
    this.line = new DelayedLine(this.clock, line);
    const all = { ...SOFTPHONE_STREAM_LIMITS, stepMs: TICK_MS, ...limits };
    this.boundMs = all.waitingMs;
    this.playback = new PlaybackBuffer(format.rateHz);
    this.socket = new PageSocket(
      (message) => this.sent(message),
      () => this.over(),
    );
    const onError = (error: unknown) => this.errors.push(error);
    this.stream = new SoftphoneStream(this.socket, 'soft-1', format, this.clock, onError, all);
    this.tick();
  }

  speaks(frame: Uint8Array): void {
    const message = audioMessage('fromCaller', this.sequence, 0, frame.byteLength);
    this.sequence += 1;
    message.set(frame, AUDIO_HEADER_BYTES);
    this.sends(message);
  }

  presses(digit: string): void {
    this.tells({ type: 'digit', digit });
  }

  hangsUp(): void {
    this.tells({ type: 'hangup' });
    this.isOver = true;
  }

  isCut(): void {
    this.line.carry('here', () => this.socket.listener?.onClosed(1006));
    this.isOver = true;
  }

  talksNonsense(): void {
    this.sends('{"type":"played","sound":');
  }

  freezes(): void {
    this.isFrozen = true;
  }

  fallsDeaf(): void {
    this.isDeaf = true;
  }

  heardMs(value: number): number {
    return ((this.played.get(value) ?? 0) * 1000) / this.format.rateHz;
  }

  heldBytes(): number {
    return this.stream.waitingBytes + this.socket.unsentBytes;
  }

  droppedBytes(): number {
    return this.stream.counters.droppedOutBytes;
  }

  floodedFrames(): number {
    return this.stream.counters.floodedFrames;
  }

  /** Ms of audio the page holds and has not played. */
  get waitingMs(): number {
    return (this.playback.waitingSamples * 1000) / this.format.rateHz;
  }

  tells(message: ClientMessage): void {
    this.sends(JSON.stringify(message));
  }

  sends(message: Message): void {
    if (this.isOver) return;
    this.line.carry('here', () =>
      this.socket.listener?.onMessage(Buffer.from(message as Uint8Array), typeof message !== 'string'),
    );
  }

  private sent(message: Message): void {
    if (this.isFrozen) {
      this.socket.unsentBytes += message.length;
      return;
    }
    this.line.carry('there', () => {
      if (typeof message === 'string') this.receives(readRelayMessage(message));
      else this.receivesAudio(message);
    });
  }

  private receives(message: RelayMessage | null): void {
    if (!message) return;
    this.told.push(message);
    if (message.type !== 'clear') return;
    this.playback.clear(message.fadeMs);
    this.tells({ type: 'cleared', id: message.id });
  }

  private receivesAudio(bytes: Uint8Array): void {
    const message = readAudioMessage(bytes);
    if (message?.kind === 'toCaller')
      this.playback.push(message.sound, decodeAudio(message.audio, this.format));
  }

  private tick(): void {
    if (this.isOver) return;
    if (!this.isFrozen) {
      if (!this.isDeaf) this.play();
      this.speaks(new Uint8Array(TICK_MS * bytesPerMs(this.format)).fill(this.silence));
    }
    this.clock.after(TICK_MS, () => this.tick());
  }

  private play(): void {
    const heard = new Float32Array((TICK_MS * this.format.rateHz) / 1000);
    this.playback.pull(heard);
    for (let from = 0, to = 0; from < heard.length; from = to) {
      while (to < heard.length && heard[to] === heard[from]) to += 1;
      this.count(heard[from] as number, to - from);
    }
    this.report();
  }

  /** Counts samples by the byte they were made of; those of a fade were made of none. */
  private count(sample: number, times: number): void {
    if (sample === 0) return;
    const bytes = new Uint8Array(2);
    encodeAudio(Int16Array.of(Math.round(sample * FULL_SCALE)), this.format, bytes, 0);
    const [value = 0, second] = bytes;
    if (this.format.encoding === 'pcmu' || second === value)
      this.played.set(value, (this.played.get(value) ?? 0) + times);
  }

  private report(): void {
    this.sinceReportMs += TICK_MS;
    const { consumedSamples, waitingSamples } = this.playback;
    const isDone = waitingSamples === 0 && consumedSamples > this.reported;
    if (this.sinceReportMs < REPORT_EVERY_MS && !isDone) return;
    this.sinceReportMs = 0;
    this.reported = consumedSamples;
    const position = this.playback.positionAt(consumedSamples);
    if (position) this.tells({ type: 'played', ...position, at: Math.round(this.clock.now()) });
  }

  private get silence(): number {
    return this.format.encoding === 'pcmu' ? 0xff : 0;
  }

  /** The socket confirms our close frame; nothing follows. */
  private over(): void {
    this.isOver = true;
    this.clock.after(0, () => this.socket.listener?.onClosed(1000));
  }
}
