import type { Names } from './names.ts';

/** A stream that plays from a clock of its own: one binary message is a piece of audio, a text a digit. */
export const callerStreamCode = ({
  pascal,
  words,
}: Names) => `import { bytesPerMs, PCMU_8K } from '@tandem/contracts';
import {
  AudioFrame,
  type CallerStream,
  type CallerStreamListener,
  type Clock,
  type HeardSound,
  type SoundId,
  type StreamClosedReason,
  type Timer,
} from '@tandem/conversation';
import type { MessageSocket } from '../message-socket.ts';

const BYTES_PER_MS = bytesPerMs(PCMU_8K);
const FRAME_BYTES = 20 * BYTES_PER_MS;
/** Audio that may wait for the caller; more is dropped and counted. */
const MAX_WAITING_BYTES = 240_000 * BYTES_PER_MS;
const MAX_BAD_MESSAGES = 50;
const NORMAL_CLOSURE = 1000;

/** A sound on its way to the caller. */
interface Sound {
  readonly soundId: SoundId;
  readonly pieces: Uint8Array[];
  waitingBytes: number;
  heardMs: number;
}

/** The media connection of a caller over ${words}. Audio leaves at the pace of the line, frame by frame. */
export class ${pascal}Stream implements CallerStream {
  readonly format = PCMU_8K;
  readonly counters = { frames: 0, droppedBytes: 0, badMessages: 0 };
  private listener: CallerStreamListener | null = null;
  private queue: Sound[] = [];
  /** Played to its end; goes on when more of it is written next. */
  private finished: Sound | null = null;
  private underWay: { readonly sound: Sound; readonly ms: number } | null = null;
  private timer: Timer | null = null;
  private badInARow = 0;
  private isClosed = false;

  constructor(
    private readonly socket: MessageSocket,
    readonly streamId: string,
    private readonly clock: Clock,
  ) {}

  get waitingBytes(): number {
    return this.queue.reduce((sum, { waitingBytes }) => sum + waitingBytes, 0);
  }

  attach(listener: CallerStreamListener): void {
    this.listener = listener;
    this.socket.listener = {
      onMessage: (data, isBinary) => this.receive(data, isBinary),
      onClosed: (code) => this.end(code === NORMAL_CLOSURE ? 'caller-hangup' : 'connection-lost'),
    };
  }

  write(frame: AudioFrame, soundId: SoundId): void {
    if (this.isClosed) return;
    if (this.waitingBytes + frame.byteLength > MAX_WAITING_BYTES) {
      this.counters.droppedBytes += frame.byteLength;
      return;
    }
    const sound = this.soundOf(soundId);
    sound.pieces.push(frame.bytes);
    sound.waitingBytes += frame.byteLength;
    this.timer ??= this.clock.after(0, () => this.play());
  }

  clear(): HeardSound[] {
    if (this.isClosed) return [];
    const heard = this.heardSoFar();
    this.queue = [];
    this.finished = null;
    this.underWay = null;
    // The frame that is under way is heard to its end.
    this.clock.after(FRAME_BYTES / BYTES_PER_MS, () => {
      if (!this.isClosed) this.listener?.onSilent();
    });
    return heard;
  }

  heardSoFar(): HeardSound[] {
    return this.queue.map(({ soundId, heardMs }) => ({ soundId, heardMs, isComplete: false }));
  }

  close(): void {
    if (this.isClosed) return;
    this.stop();
    this.clock.after(0, () => this.listener?.onClosed('closed-by-us'));
  }

  private receive(data: Buffer, isBinary: boolean): void {
    if (this.isClosed) return;
    const digit = isBinary ? null : data.toString();
    if (digit !== null && !/^[0-9*#]$/.test(digit)) return this.receiveBad();
    this.badInARow = 0;
    if (digit !== null) return this.listener?.onDigit(digit);
    this.counters.frames += 1;
    this.listener?.onAudio(AudioFrame.fromBytes(data));
  }

  private receiveBad(): void {
    this.counters.badMessages += 1;
    this.badInARow += 1;
    if (this.badInARow >= MAX_BAD_MESSAGES) this.end('media-errors');
  }

  private soundOf(soundId: SoundId): Sound {
    const last = this.queue.at(-1);
    if (last?.soundId === soundId) return last;
    const isContinued = this.queue.length === 0 && this.finished?.soundId === soundId;
    const sound =
      isContinued && this.finished ? this.finished : { soundId, pieces: [], waitingBytes: 0, heardMs: 0 };
    this.queue.push(sound);
    return sound;
  }

  /** Each frame follows when the one before it has been played. */
  private play(): void {
    this.timer = null;
    const heard = this.countPlayed();
    const [sound] = this.queue;
    if (sound) {
      const piece = take(sound);
      this.socket.send(piece);
      const ms = piece.byteLength / BYTES_PER_MS;
      this.underWay = { sound, ms };
      this.timer = this.clock.after(ms, () => this.play());
    }
    if (heard) this.listener?.onHeard(heard);
  }

  private countPlayed(): HeardSound | null {
    if (!this.underWay) return null;
    const { sound, ms } = this.underWay;
    this.underWay = null;
    sound.heardMs += ms;
    if (sound.waitingBytes > 0) return null;
    this.queue.shift();
    this.finished = sound;
    return { soundId: sound.soundId, heardMs: sound.heardMs, isComplete: true };
  }

  private end(reason: StreamClosedReason): void {
    if (this.isClosed) return;
    this.stop();
    this.listener?.onClosed(reason);
  }

  private stop(): void {
    this.isClosed = true;
    this.timer?.cancel();
    this.socket.close(NORMAL_CLOSURE, '');
  }
}

/** Takes the next frame of a sound; the last one may be shorter. */
function take(sound: Sound): Uint8Array {
  const [first = new Uint8Array(), ...rest] = sound.pieces;
  const piece = first.subarray(0, FRAME_BYTES);
  const left = first.subarray(FRAME_BYTES);
  sound.pieces.splice(0, sound.pieces.length, ...(left.byteLength > 0 ? [left] : []), ...rest);
  sound.waitingBytes -= piece.byteLength;
  return piece;
}
`;

export const callerStreamSpec = ({
  kebab,
  pascal,
  words,
}: Names) => `import { ManualClock } from '@tandem/conversation/testing';
import { describeCallerStream, type CallerStreamFarSide } from '../caller-stream.conformance.ts';
import type { MessageSocket, SocketListener } from '../message-socket.ts';
import { ${pascal}Stream } from './${kebab}-stream.ts';

class LocalSocket implements MessageSocket {
  listener: SocketListener | null = null;
  isOpen = true;
  readonly unsentBytes = 0;
  /** Bytes sent, by their value. */
  readonly sent = new Map<number, number>();

  send(...messages: readonly (string | Uint8Array)[]): void {
    if (!this.isOpen) return;
    for (const message of messages)
      for (const byte of Buffer.from(message)) this.sent.set(byte, (this.sent.get(byte) ?? 0) + 1);
  }

  close(): void {
    this.isOpen = false;
  }

  terminate(): void {
    this.isOpen = false;
  }
}

class ${pascal}FarSide implements CallerStreamFarSide {
  readonly clock = new ManualClock();
  readonly boundMs = 240_000;
  readonly patienceMs = 10_000;
  private readonly socket = new LocalSocket();
  readonly stream = new ${pascal}Stream(this.socket, 'stream-1', this.clock);

  speaks(frame: Uint8Array): void {
    this.socket.listener?.onMessage(Buffer.from(frame), true);
  }

  presses(digit: string): void {
    this.socket.listener?.onMessage(Buffer.from(digit), false);
  }

  talksNonsense(): void {
    this.socket.listener?.onMessage(Buffer.from('nonsense'), false);
  }

  hangsUp(): void {
    this.socket.listener?.onClosed(1000);
  }

  isCut(): void {
    this.socket.listener?.onClosed(1006);
  }

  heardMs(value: number): number {
    return (this.socket.sent.get(value) ?? 0) / 8;
  }

  heldBytes(): number {
    return this.stream.waitingBytes;
  }

  droppedBytes(): number {
    return this.stream.counters.droppedBytes;
  }
}

describeCallerStream('${words}', () => new ${pascal}FarSide());
`;
