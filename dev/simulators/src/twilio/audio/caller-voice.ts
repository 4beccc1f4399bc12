import { FRAME_BYTES, MULAW_SILENCE } from '@tandem/kit';
import { meanMagnitude } from './loudness.ts';

/** Speech cut into frames and encoded for the wire once, however many calls say it. */
interface PreparedSpeech {
  readonly frames: readonly Uint8Array[];
  readonly base64: readonly string[];
  /** Index of the first and last frame above the audible level; -1 when it is all silence. */
  readonly firstAudible: number;
  readonly lastAudible: number;
}

const prepared = new WeakMap<Uint8Array, PreparedSpeech>();

export function prepareSpeech(mulaw: Uint8Array, audibleLevel: number): PreparedSpeech {
  const known = prepared.get(mulaw);
  if (known) return known;
  const frames: Uint8Array[] = [];
  const base64: string[] = [];
  let firstAudible = -1;
  let lastAudible = -1;
  for (let at = 0; at < mulaw.length; at += FRAME_BYTES) {
    const frame = new Uint8Array(FRAME_BYTES).fill(MULAW_SILENCE);
    frame.set(mulaw.subarray(at, at + FRAME_BYTES));
    if (meanMagnitude(frame) > audibleLevel) {
      lastAudible = frames.length;
      if (firstAudible < 0) firstAudible = lastAudible;
    }
    frames.push(frame);
    base64.push(Buffer.from(frame).toString('base64'));
  }
  const speech = { frames, base64, firstAudible, lastAudible };
  prepared.set(mulaw, speech);
  return speech;
}

export interface Utterance {
  readonly speech: PreparedSpeech;
  readonly text: string | null;
  /** The last frame has been sent, or the call ended before. */
  readonly onFinished: (wasSaid: boolean) => void;
}

interface CallerVoiceListener {
  onCallerStarted(utterance: Utterance, nowMs: number): void;
  /** Called one frame after the last audible one, at the moment the caller falls silent. */
  onCallerStopped(utterance: Utterance, nowMs: number): void;
}

/** The caller's speech, queued and handed out frame by frame in real time; silence in between. */
export class CallerVoice {
  private readonly listener: CallerVoiceListener;
  private readonly queue: Utterance[] = [];
  private next = 0;
  /** The frame of this tick; null for silence. */
  frame: Uint8Array | null = null;
  frameBase64: string | null = null;

  constructor(listener: CallerVoiceListener) {
    this.listener = listener;
  }

  get isSpeaking(): boolean {
    return this.queue.length > 0;
  }

  say(utterance: Utterance): void {
    this.queue.push(utterance);
  }

  /** Moves to the frame of this tick. */
  advance(nowMs: number): void {
    this.finishSpoken(nowMs);
    const utterance = this.queue[0];
    if (!utterance) {
      this.frame = null;
      this.frameBase64 = null;
      return;
    }
    const { speech } = utterance;
    this.frame = speech.frames[this.next] ?? null;
    this.frameBase64 = speech.base64[this.next] ?? null;
    if (this.next === speech.firstAudible) this.listener.onCallerStarted(utterance, nowMs);
    else if (speech.lastAudible >= 0 && this.next === speech.lastAudible + 1)
      this.listener.onCallerStopped(utterance, nowMs);
    this.next += 1;
  }

  /** Discards the speech not sent yet: the call is over. */
  drop(): void {
    this.frame = null;
    this.frameBase64 = null;
    for (const utterance of this.queue.splice(0)) utterance.onFinished(false);
  }

  private finishSpoken(nowMs: number): void {
    while (true) {
      const utterance = this.queue[0];
      if (!utterance || this.next < utterance.speech.frames.length) return;
      this.queue.shift();
      this.next = 0;
      const { speech } = utterance;
      if (speech.lastAudible >= 0 && speech.lastAudible === speech.frames.length - 1)
        this.listener.onCallerStopped(utterance, nowMs);
      utterance.onFinished(true);
    }
  }
}
