import { decodeMulaw, type Pcm, PHONE_RATE_HZ, resample } from '@tandem/kit';
import { type Codec, SLIN } from '../audiosocket/codecs.ts';
import { HEADER_BYTES } from '../audiosocket/frame-reader.ts';
import { frame } from '../audiosocket/frames.ts';
import { linearLevel } from './linear-level.ts';

/** Speech of any rate, or µ-law at 8 kHz. */
export type Speech = Pcm | Uint8Array;

/** Speech as frames of one codec, header and payload, made once, however many calls say it. */
interface PreparedSpeech {
  readonly frames: readonly Buffer[];
  /** Index of the first and last frame above the audible level; -1 when it is all silence. */
  readonly firstAudible: number;
  readonly lastAudible: number;
}

const prepared = new WeakMap<object, Map<string, PreparedSpeech>>();

/** Changing the rate takes time: for wide-band calls, this is worth calling before the call. */
export function prepareSpeech(speech: Speech, codec: Codec, audibleLevel: number): PreparedSpeech {
  const versions = prepared.get(speech) ?? new Map<string, PreparedSpeech>();
  prepared.set(speech, versions);
  const known = versions.get(codec.name);
  if (known) return known;
  const { samples, rateHz } = pcmOf(speech);
  const made = cut(resample(samples, rateHz, codec.rateHz), codec, audibleLevel);
  versions.set(codec.name, made);
  return made;
}

function pcmOf(speech: Speech): Pcm {
  return speech instanceof Uint8Array ? { samples: decodeMulaw(speech), rateHz: PHONE_RATE_HZ } : speech;
}

function cut(samples: Int16Array, codec: Codec, audibleLevel: number): PreparedSpeech {
  const frames: Buffer[] = [];
  let firstAudible = -1;
  let lastAudible = -1;
  const samplesPerFrame = codec.frameBytes / 2;
  for (let at = 0; at < samples.length; at += samplesPerFrame) {
    const payload = Buffer.alloc(codec.frameBytes);
    for (const [index, sample] of samples.subarray(at, at + samplesPerFrame).entries())
      payload.writeInt16LE(sample, index * 2);
    if (linearLevel(payload) > audibleLevel) {
      lastAudible = frames.length;
      if (firstAudible < 0) firstAudible = lastAudible;
    }
    frames.push(frame(codec.type, payload));
  }
  return { frames, firstAudible, lastAudible };
}

export interface Utterance {
  readonly speech: Speech;
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
  private readonly audibleLevel: number;
  private readonly queue: Utterance[] = [];
  private next = 0;
  /** The frame of this tick, header and payload; null for silence. */
  frame: Buffer | null = null;

  constructor(listener: CallerVoiceListener, audibleLevel: number) {
    this.listener = listener;
    this.audibleLevel = audibleLevel;
  }

  get isSpeaking(): boolean {
    return this.queue.length > 0;
  }

  say(utterance: Utterance): void {
    this.queue.push(utterance);
  }

  /** Moves to the frame of this tick. */
  advance(codec: Codec, nowMs: number): void {
    this.finishSpoken(nowMs);
    const utterance = this.queue[0];
    this.frame = null;
    if (!utterance) return;
    const { firstAudible, lastAudible } = prepareSpeech(utterance.speech, SLIN, this.audibleLevel);
    this.frame = prepareSpeech(utterance.speech, codec, this.audibleLevel).frames[this.next] ?? null;
    if (this.next === firstAudible) this.listener.onCallerStarted(utterance, nowMs);
    else if (lastAudible >= 0 && this.next === lastAudible + 1)
      this.listener.onCallerStopped(utterance, nowMs);
    this.next += 1;
  }

  /** Returns the payload of this tick's frame. */
  get payload(): Buffer | null {
    return this.frame?.subarray(HEADER_BYTES) ?? null;
  }

  /** Discards the speech not sent yet: the call is over. */
  drop(): void {
    this.frame = null;
    for (const utterance of this.queue.splice(0)) utterance.onFinished(false);
  }

  private finishSpoken(nowMs: number): void {
    for (;;) {
      const utterance = this.queue[0];
      if (!utterance) return;
      const { frames, lastAudible } = prepareSpeech(utterance.speech, SLIN, this.audibleLevel);
      if (this.next < frames.length) return;
      this.queue.shift();
      this.next = 0;
      if (lastAudible >= 0 && lastAudible === frames.length - 1)
        this.listener.onCallerStopped(utterance, nowMs);
      utterance.onFinished(true);
    }
  }
}
