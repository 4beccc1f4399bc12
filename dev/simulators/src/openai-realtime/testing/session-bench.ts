import { PCM16_24K, type AudioFormat } from '@tandem/contracts';
import { ManualClock } from '@tandem/kit';
import { cachingSpeaker, steadyTone } from '../audio/voice.ts';
import type { Behaviour } from '../behaviours/behaviour.ts';
import { scripted } from '../behaviours/scripted.ts';
import { CallerScript } from '../conversation/caller-lines.ts';
import type { FaultSpec } from '../faults/fault-spec.ts';
import { Faults } from '../faults/faults.ts';
import type { Strike } from '../faults/session-faults.ts';
import { Recording } from '../recording/recording.ts';
import { RateLimits } from '../responses/rate-limits.ts';
import { ModelSession, type SessionEnvironment } from '../session/model-session.ts';
import { IdSource } from '../wire/ids.ts';
import { asObject, at, type JsonObject, type Typed } from '../wire/json.ts';
import type { SessionKind } from '../wire/session-config.ts';

export interface BenchOptions extends Partial<
  Omit<SessionEnvironment, 'clock' | 'script' | 'rateLimits' | 'onMisfit' | 'onBrokenPlan'>
> {
  readonly kind?: SessionKind;
  readonly behaviour?: Behaviour;
  readonly tokensPerMinute?: number;
  readonly callerLines?: readonly string[];
}

let sessions = 1000;

/**
 * One session on a manual clock without a socket; each of its events is checked against the published schema.
 */
export class SessionBench {
  readonly clock = new ManualClock();
  readonly sent: Typed[] = [];
  readonly misfits: string[] = [];
  readonly brokenPlans: string[] = [];
  readonly closes: { code: number; reason: string }[] = [];
  readonly socketStrikes: Strike[] = [];
  readonly faults = new Faults(this.clock);
  readonly session: ModelSession;
  private format: AudioFormat = PCM16_24K;

  constructor(options: BenchOptions = {}) {
    const number = sessions++;
    const ids = new IdSource(number);
    const script = new CallerScript();
    if (options.callerLines) script.add({ lines: options.callerLines });
    const { kind = 'realtime', tokensPerMinute, callerLines: _lines, ...env } = options;
    this.session = new ModelSession(
      {
        behaviour: scripted({ turns: [{ say: 'Good morning, how can I help?', repeats: true }] }),
        pace: { firstByteMs: 300, deltaMs: 200, audioRate: 5 },
        speak: cachingSpeaker(),
        recognise: null,
        rateLimitsAt: 'start',
        nulls: 'observed',
        maxSessionMs: 3_600_000,
        transcriptionDelayMs: 400,
        keepsAudio: true,
        ...env,
        clock: this.clock,
        script,
        rateLimits: new RateLimits(this.clock, tokensPerMinute),
        onMisfit: (misfit) => this.misfits.push(misfit),
        onBrokenPlan: (error) => this.brokenPlans.push(String(error)),
      },
      {
        id: ids.take('sess'),
        kind,
        model: kind === 'realtime' ? 'gpt-realtime-2.1' : '',
        ids,
        recording: new Recording(this.clock),
        wire: {
          sendText: (text) => this.sent.push(parse(text)),
          close: (code, reason) => this.closes.push({ code, reason }),
        },
        onSocketStrike: (action) => this.socketStrikes.push(action),
      },
    );
    this.session.open(this.faults.attach(this.session));
  }

  /** A client event, or raw text. */
  send(event: JsonObject | string): void {
    this.session.receive(typeof event === 'string' ? event : JSON.stringify(event));
  }

  update(session: JsonObject): void {
    this.send({ type: 'session.update', session: { type: 'realtime', ...session } });
    const format = at(session, 'audio.input.format.type');
    if (format === 'audio/pcmu') this.format = { encoding: 'pcmu', rateHz: 8000 };
    if (format === 'audio/pcma') this.format = { encoding: 'pcma', rateHz: 8000 };
  }

  turnDetection(turnDetection: JsonObject | null): void {
    this.update({ audio: { input: { turn_detection: turnDetection } } });
  }

  /** Appends `ms` of a loud tone in pieces of 20 ms; no time passes. */
  speak(ms: number): void {
    const tone = steadyTone(ms, this.format);
    const piece = steadyTone(20, this.format).byteLength;
    for (let offset = 0; offset < tone.byteLength; offset += piece)
      this.append(Buffer.from(tone.bytes(offset, piece)));
  }

  silence(ms: number): void {
    const level = this.format.encoding === 'pcm16' ? 0 : this.format.encoding === 'pcmu' ? 0xff : 0xd5;
    const piece = Buffer.alloc(steadyTone(20, this.format).byteLength, level);
    for (let done = 0; done < ms; done += 20) this.append(piece);
  }

  append(audio: Buffer): void {
    this.send({ type: 'input_audio_buffer.append', audio: audio.toString('base64') });
  }

  advance(ms: number): Promise<void> {
    return this.clock.pass(ms);
  }

  /** Returns the types of the events sent since `from`, in order. */
  types(from = 0): string[] {
    return this.sent.slice(from).map((event) => event.type);
  }

  of(type: string): Typed[] {
    return this.sent.filter((event) => event.type === type);
  }

  last(type: string): Typed {
    const found = this.of(type).at(-1);
    if (!found) throw new Error(`No ${type} was sent, only ${this.types().join(', ')}.`);
    return found;
  }

  get errors(): JsonObject[] {
    return this.of('error').map((event) => asObject(event['error']));
  }

  get lastError(): JsonObject {
    return this.errors.at(-1) ?? {};
  }

  addFault(spec: FaultSpec): string {
    return this.faults.add(spec);
  }

  /** The ids of the default conversation, in order. */
  get itemIds(): string[] {
    return this.session.conversation.items.map((item) => item.id);
  }
}

function parse(text: string): Typed {
  try {
    return JSON.parse(text) as Typed;
  } catch {
    return { type: 'unparsable', text };
  }
}

export function userText(text: string, id?: string): JsonObject {
  return {
    type: 'message',
    role: 'user',
    content: [{ type: 'input_text', text }],
    ...(id === undefined ? {} : { id }),
  };
}

/** Bytes of all audio deltas, in order. */
export function deltaBytes(events: readonly Typed[]): Buffer {
  const deltas = events.filter((event) => event.type === 'response.output_audio.delta');
  return Buffer.concat(deltas.map((event) => Buffer.from(String(event['delta']), 'base64')));
}
