import type { AudioFormat } from '@tandem/contracts';
import type { Clock, Timer } from '@tandem/kit';
import type { PlanStep, ResponsePlan, SayStep, CallStep } from '../behaviours/behaviour.ts';
import { newItem, type Item } from '../conversation/conversation.ts';
import { outputAudioTokens, type Tokens } from '../conversation/usage.ts';
import { ERRORS } from '../faults/fault-spec.ts';
import type { ApiError } from '../wire/api-error.ts';
import type { AudioSource } from '../wire/audio-format.ts';
import type { EventWriter } from '../wire/event-writer.ts';
import { asString, type JsonObject, type Typed } from '../wire/json.ts';
import { OpenAudio } from './open-audio.ts';
import { OpenCall, OpenText, type OpenOutput, type Pace } from './open-output.ts';

export type RunStatus = 'completed' | 'cancelled' | 'incomplete' | 'failed';

/** `status_details` of a response that did not complete. */
export type StatusDetails =
  | { readonly type: 'cancelled'; readonly reason: 'turn_detected' | 'client_cancelled' }
  | { readonly type: 'incomplete'; readonly reason: 'max_output_tokens' | 'content_filter' }
  | {
      readonly type: 'failed';
      readonly error: { readonly type: string; readonly code?: string; readonly message: string };
    };

/** The details of a response that failed by this error. The published schema has no null code here. */
export function failedBy({ type, code, message }: ApiError): StatusDetails {
  return { type: 'failed', error: { type, ...(code === null ? {} : { code }), message } };
}

/** Settings of a response besides its plan, fixed at its creation. */
export interface RunSettings {
  readonly id: string;
  /** Null for an out-of-band response. */
  readonly conversationId: string | null;
  readonly modality: 'audio' | 'text';
  readonly format: AudioFormat;
  /** Null for no limit. */
  readonly maxOutputTokens: number | null;
  /** The fields of the response object that do not change. */
  readonly fixed: JsonObject;
  readonly pace: Pace;
}

/** The session's services for a run. */
export interface RunHost {
  readonly clock: Clock;
  readonly writer: EventWriter;
  newId(prefix: 'item' | 'call'): string;
  /** Adds the item to the conversation, if the run writes to it, and sends the event. */
  announce(run: ResponseRun, item: Item): void;
  finalize(run: ResponseRun, item: Item): void;
  /** Returns why the model cannot call a tool of a server, or null. */
  hostedCallFault(server: string, name: string): string | null;
  /** A tool of a server was called. Returns the item that asks for approval; null where none is needed. */
  onHostedCall(item: Item, outputIndex: number): Typed | null;
  soundOf(step: SayStep, format: AudioFormat): AudioSource | Promise<AudioSource>;
  /** Audio of the run has gone out; `sentMs` is the total. May end the run. */
  onAudioSent(run: ResponseRun, sentMs: number): void;
  /** The run is over; the host adds usage and sends nothing after it. */
  usageOf(run: ResponseRun, output: Tokens): JsonObject;
  onOver(run: ResponseRun, status: RunStatus): void;
  onBrokenPlan(error: unknown): void;
}

/**
 * One response from `response.created` to `response.done`: walks its plan in time and can be stopped at any
 * point.
 */
export class ResponseRun {
  readonly settings: RunSettings;
  private readonly host: RunHost;
  private readonly items: Item[] = [];
  private steps: readonly PlanStep[] = [];
  private open: OpenOutput | null = null;
  private timer: Timer | null = null;
  private over = false;
  private createdAt = 0;
  private sentAudioMs = 0;
  private words = 0;

  constructor(host: RunHost, settings: RunSettings) {
    this.host = host;
    this.settings = settings;
  }

  get id(): string {
    return this.settings.id;
  }

  get isOver(): boolean {
    return this.over;
  }

  /** Ms of audio generated so far. */
  get audioMs(): number {
    return this.sentAudioMs;
  }

  announceCreated(): void {
    this.createdAt = this.host.clock.now();
    this.host.writer.emit('response.created', { response: this.object('in_progress', null, null) });
  }

  /**
   * Starts generating when the plan is known and the first-byte time has passed. A failing plan fails the
   * response.
   */
  follow(plan: Promise<ResponsePlan>): void {
    void plan.then(
      (found) => {
        if (this.over) return;
        this.steps = found.steps;
        const firstByteMs = found.firstByteMs ?? this.settings.pace.firstByteMs;
        this.after(this.createdAt + firstByteMs - this.host.clock.now(), () => this.nextStep(0));
      },
      (error: unknown) => this.break(error),
    );
  }

  cancel(reason: 'turn_detected' | 'client_cancelled'): void {
    this.finish('cancelled', { type: 'cancelled', reason });
  }

  /** Ends the response here: closes the open output with exactly what was sent, then `response.done`. */
  finish(status: RunStatus, details: StatusDetails | null): void {
    if (this.over) return;
    this.over = true;
    this.timer?.cancel();
    this.closeOpen(status === 'completed' ? 'completed' : 'incomplete');
    const usage = this.host.usageOf(this, this.tokens());
    this.host.writer.emit('response.done', { response: this.object(status, details, usage) });
    this.host.onOver(this, status);
  }

  /** Stops without an event, as when the socket is closed. */
  abandon(): void {
    this.over = true;
    this.timer?.cancel();
  }

  private object(status: string, details: StatusDetails | null, usage: JsonObject | null): JsonObject {
    const isObserved = this.host.writer.nulls === 'observed';
    const conversation =
      this.settings.conversationId !== null || isObserved
        ? { conversation_id: this.settings.conversationId }
        : {};
    return {
      object: 'realtime.response',
      id: this.id,
      status,
      ...(details !== null || isObserved ? { status_details: details } : {}),
      output: this.items.map((item) => item.wire),
      ...conversation,
      ...this.settings.fixed,
      ...(usage !== null || isObserved ? { usage } : {}),
    };
  }

  /** Output so far; about four characters to a text token. */
  private tokens(): Tokens {
    return { text: Math.ceil(this.words / 4), audio: outputAudioTokens(this.sentAudioMs) };
  }

  private after(delayMs: number, run: () => void): void {
    this.timer = this.host.clock.after(Math.max(0, delayMs), run);
  }

  private break(error: unknown): void {
    if (this.over) return;
    this.host.onBrokenPlan(error);
    this.finish('failed', failedBy(ERRORS.server_error));
  }

  private nextStep(index: number): void {
    const step = this.steps[index];
    if (!step) return this.finish('completed', null);
    const begin = (): void => ('call' in step ? this.beginCall(step, index) : this.beginSay(step, index));
    if (step.delayMs === undefined) begin();
    else this.after(step.delayMs, begin);
  }

  private beginCall(step: CallStep, index: number): void {
    const { server } = step;
    const fault = server === undefined ? null : this.host.hostedCallFault(server, step.call);
    if (fault !== null) return this.break(new Error(`The plan calls ${step.call}, but ${fault}.`));
    const name = { name: step.call, arguments: '' };
    const item = this.addItem(
      server === undefined
        ? { type: 'function_call', status: 'in_progress', call_id: this.host.newId('call'), ...name }
        : {
            type: 'mcp_call',
            server_label: server,
            ...name,
            approval_request_id: null,
            output: null,
            error: null,
          },
    );
    const text = typeof step.arguments === 'string' ? step.arguments : JSON.stringify(step.arguments);
    this.start(new OpenCall(this.host.writer, this.placeOf(item), item, text), index);
  }

  private beginSay(step: SayStep, index: number): void {
    if (this.settings.modality === 'text') return this.openMessage(step, null, index);
    let source: AudioSource | Promise<AudioSource>;
    try {
      source = this.host.soundOf(step, this.settings.format);
    } catch (error) {
      return this.break(error);
    }
    if (!(source instanceof Promise)) return this.openMessage(step, source, index);
    void source.then(
      (audio) => (this.over ? undefined : this.openMessage(step, audio, index)),
      (error: unknown) => this.break(error),
    );
  }

  private openMessage(step: SayStep, audio: AudioSource | null, index: number): void {
    const item = this.addItem({ type: 'message', status: 'in_progress', role: 'assistant', content: [] });
    const place = this.placeOf(item);
    const output =
      audio === null
        ? new OpenText(this.host.writer, place, item, step.say)
        : new OpenAudio(this.host.writer, place, item, {
            text: step.say,
            source: audio,
            format: this.settings.format,
            pace: this.settings.pace,
          });
    this.start(output, index);
  }

  private start(output: OpenOutput, index: number): void {
    this.open = output;
    output.begin();
    this.pump(output, index, this.host.clock.now());
  }

  private addItem(wire: Typed): Item {
    const item = newItem(asString(wire['id']) ?? this.host.newId('item'), 'model', wire);
    this.items.push(item);
    this.host.writer.emit('response.output_item.added', {
      response_id: this.id,
      output_index: this.items.length - 1,
      item: item.wire,
    });
    this.host.announce(this, item);
    return item;
  }

  private placeOf(item: Item): {
    responseId: string;
    itemId: string;
    outputIndex: number;
    contentIndex: number;
  } {
    return { responseId: this.id, itemId: item.id, outputIndex: this.items.length - 1, contentIndex: 0 };
  }

  /** Sends the piece that is due and schedules the next; times are absolute, so a late timer catches up. */
  private pump(output: OpenOutput, index: number, dueAt: number): void {
    let due = dueAt;
    while (due <= this.host.clock.now()) {
      if (this.over) return;
      if (output.isDone) {
        this.closeOpen('completed');
        return this.nextStep(index + 1);
      }
      this.sendPiece(output);
      due += output.intervalMs;
    }
    if (!this.over) this.after(due - this.host.clock.now(), () => this.pump(output, index, due));
  }

  private sendPiece(output: OpenOutput): void {
    const { audioMs, words } = output.sendPiece();
    this.sentAudioMs += audioMs;
    this.words += words;
    if (audioMs > 0) this.host.onAudioSent(this, this.sentAudioMs);
    const limit = this.settings.maxOutputTokens;
    if (limit === null || this.over) return;
    const { text, audio } = this.tokens();
    if (text + audio > limit) {
      this.finish('incomplete', { type: 'incomplete', reason: 'max_output_tokens' });
    }
  }

  private closeOpen(status: 'completed' | 'incomplete'): void {
    const output = this.open;
    if (!output) return;
    this.open = null;
    output.end();
    const isHosted = output.item.wire.type === 'mcp_call';
    if (!isHosted) output.item.wire['status'] = status;
    this.closeItem(output.item);
    if (!isHosted || status !== 'completed') return;
    const request = this.host.onHostedCall(output.item, this.items.length - 1);
    if (request) this.closeItem(this.addItem(request));
  }

  private closeItem(item: Item): void {
    this.host.finalize(this, item);
    this.host.writer.emit('response.output_item.done', {
      response_id: this.id,
      output_index: this.items.length - 1,
      item: item.wire,
    });
  }
}
