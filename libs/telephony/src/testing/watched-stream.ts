import { expect } from '@jest/globals';
import { bytesPerMs } from '@tandem/contracts';
import {
  AudioFrame,
  type CallerStreamListener,
  type HeardSound,
  type StreamClosedReason,
} from '@tandem/conversation';
import type { CallerStreamFarSide } from './caller-stream-far-side.ts';

interface Sound {
  readonly soundId: string;
  /** The byte its audio is made of. */
  readonly value: number;
  writtenMs: number;
  heardMs: number;
  isCleared: boolean;
  last: HeardSound | null;
}

/** Checks every call of the stream under test, in both directions, against the port's contract. */
export class WatchedStream {
  readonly said: string[] = [];
  readonly frames: AudioFrame[] = [];
  readonly closed: StreamClosedReason[] = [];
  /** Ms really heard of the cleared sounds, at each `onSilent`. */
  readonly silences: [soundId: string, heardMs: number][][] = [];
  readonly broken: string[] = [];
  generation = 0;
  private readonly sounds = new Map<string, Sound>();
  private depth = 0;
  private next: { kind: string; run: () => void } | null = null;

  constructor(private readonly far: CallerStreamFarSide) {
    this.guarded(() => far.stream.attach(this.listener));
  }

  frame(ms: number, value: number): AudioFrame {
    return AudioFrame.fromBytes(new Uint8Array(ms * bytesPerMs(this.far.stream.format)).fill(value));
  }

  write(soundId: string, ms: number): void {
    const sound = this.sounds.get(soundId) ?? {
      soundId,
      value: 1 + this.sounds.size,
      writtenMs: 0,
      heardMs: 0,
      isCleared: false,
      last: null,
    };
    this.sounds.set(soundId, sound);
    sound.writtenMs += ms;
    this.guarded(() => this.far.stream.write(this.frame(ms, sound.value), soundId));
  }

  clear(): HeardSound[] {
    this.generation += 1;
    const truth = new Map([...this.sounds.keys()].map((soundId) => [soundId, this.truly(soundId)]));
    const cleared = this.guarded(() => this.far.stream.clear());
    for (const answer of cleared) this.checkCleared(answer, truth.get(answer.soundId) ?? 0);
    for (const sound of this.sounds.values()) {
      const isSettled = this.isClosed || sound.isCleared || sound.last?.isComplete === true;
      this.rule(
        isSettled || cleared.some(({ soundId }) => soundId === sound.soundId),
        `clear forgets ${sound.soundId}`,
      );
      sound.isCleared = true;
    }
    return cleared;
  }

  checkHeardSoFar(): void {
    for (const { soundId, heardMs } of this.guarded(() => this.far.stream.heardSoFar())) {
      this.rule(
        heardMs <= this.truly(soundId),
        `${heardMs} ms of ${soundId} are said to be heard, in truth ${this.truly(soundId)}`,
      );
    }
  }

  /** Returns the stream's latest report of a sound. */
  heardOf(soundId: string): HeardSound | null {
    this.expectNothingBroken();
    return this.sounds.get(soundId)?.last ?? null;
  }

  truly(soundId: string): number {
    return this.far.heardMs(this.sounds.get(soundId)?.value ?? 0);
  }

  voiceMs(value: number): number {
    return this.frames
      .filter(({ bytes }) => bytes[0] === value)
      .reduce((ms, { byteLength }) => ms + byteLength / bytesPerMs(this.far.stream.format), 0);
  }

  /** Runs `run` inside the listener's next call of that kind. */
  onNext(kind: 'voice' | 'digit' | 'heard', run: () => void): void {
    this.next = { kind, run };
  }

  expectNothingBroken(): void {
    for (const [soundId, heardMs] of this.silences.flat())
      this.rule(
        this.truly(soundId) <= heardMs,
        `${soundId} was called silent at ${heardMs} ms and was heard on to ${this.truly(soundId)}`,
      );
    expect(this.broken).toEqual([]);
  }

  private get isClosed(): boolean {
    return this.closed.length > 0;
  }

  private readonly listener: CallerStreamListener = {
    onAudio: (frame) => {
      const value = frame.bytes[0] ?? 0;
      if (!isSilence(frame)) {
        this.frames.push(frame);
        this.reported('voice', `voice ${value} ${frame.byteLength / bytesPerMs(this.far.stream.format)} ms`);
      }
    },
    onDigit: (digit) => this.reported('digit', `digit ${digit}`),
    onHeard: (heard) => {
      this.check(heard);
      this.reported('heard', null);
    },
    onSilent: () => {
      this.reported('silent', null);
      this.silences.push(
        [...this.sounds.values()]
          .filter(({ isCleared }) => isCleared)
          .map(({ soundId }) => [soundId, this.truly(soundId)]),
      );
    },
    onClosed: (reason) => {
      this.rule(this.depth === 0, 'the end was reported from inside a call into the stream');
      this.closed.push(reason);
    },
  };

  private reported(kind: string, line: string | null): void {
    this.rule(this.depth === 0, `${kind} was reported from inside a call into the stream`);
    this.rule(!this.isClosed, `${kind} was reported after the end`);
    if (line) this.said.push(line);
    const { next } = this;
    if (next?.kind !== kind) return;
    this.next = null;
    next.run();
  }

  private check(heard: HeardSound): void {
    const { soundId, heardMs, isComplete } = heard;
    const sound = this.sounds.get(soundId);
    if (!sound) return this.rule(false, `heard of ${soundId}, which was never written`);
    const hasDropped = this.far.droppedBytes() > 0;
    const earlier = [...this.sounds.values()].slice(0, [...this.sounds.keys()].indexOf(soundId));
    this.rule(!sound.isCleared, `${soundId} was cleared and is reported after that`);
    this.rule(heardMs >= sound.heardMs, `${soundId} goes back from ${sound.heardMs} to ${heardMs}`);
    this.rule(
      heardMs <= Math.min(sound.writtenMs, this.truly(soundId)),
      `${heardMs} ms of ${soundId} reported, ${this.truly(soundId)} heard, ${sound.writtenMs} written`,
    );
    this.rule(
      hasDropped || !isComplete || heardMs === sound.writtenMs,
      `${soundId} is called complete at ${heardMs} of ${sound.writtenMs} ms`,
    );
    this.rule(
      hasDropped || earlier.every((before) => before.isCleared || before.heardMs === before.writtenMs),
      `${soundId} is reported before the end of the sound before it`,
    );
    sound.heardMs = heardMs;
    sound.last = heard;
  }

  private checkCleared({ soundId, heardMs }: HeardSound, trulyMs: number): void {
    const sound = this.sounds.get(soundId);
    if (!sound) return this.rule(false, `clear returns ${soundId}, which was never written`);
    this.rule(heardMs >= sound.heardMs, `clear goes back on ${soundId}: ${heardMs} after ${sound.heardMs}`);
    this.rule(
      heardMs <= Math.min(trulyMs, sound.writtenMs),
      `clear says ${heardMs} ms of ${soundId}, heard were ${trulyMs} of ${sound.writtenMs}`,
    );
  }

  private rule(isKept: boolean, otherwise: string): void {
    if (!isKept) this.broken.push(otherwise);
  }

  private guarded<Result>(run: () => Result): Result {
    this.depth += 1;
    try {
      return run();
    } finally {
      this.depth -= 1;
    }
  }
}

/** Whether a frame is the line's own silence: of µ-law, of A-law, or zeros. */
function isSilence({ bytes }: AudioFrame): boolean {
  const first = bytes[0] ?? 0;
  return (first === 0xff || first === 0xd5 || first === 0) && bytes.every((byte) => byte === first);
}
