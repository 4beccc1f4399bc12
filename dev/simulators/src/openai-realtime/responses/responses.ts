import type { AudioFormat } from '@tandem/contracts';
import type { Clock, Timer } from '@tandem/kit';
import { BytesSource, steadyTone, type Speak } from '../audio/voice.ts';
import type {
  Brain,
  ContextItem,
  ResponsePlan,
  ResponseRequest,
  SayStep,
  Utterance,
} from '../behaviours/behaviour.ts';
import { newItem, type Conversation, type Item } from '../conversation/conversation.ts';
import { contextTokens, PromptCache, usageObject, type Tokens } from '../conversation/usage.ts';
import { ERRORS, type Failure } from '../faults/fault-spec.ts';
import type { SessionFaults } from '../faults/session-faults.ts';
import type { HostedServers } from '../mcp/hosted-servers.ts';
import type { Recording } from '../recording/recording.ts';
import { refusal, type ApiError } from '../wire/api-error.ts';
import { toAudioFormat } from '../wire/audio-format.ts';
import type { AudioSource } from '../wire/audio-format.ts';
import type { EventWriter } from '../wire/event-writer.ts';
import type { IdSource } from '../wire/ids.ts';
import { asArray, asObject, asString, at, has, isObject, type JsonObject, type Typed } from '../wire/json.ts';
import type { Pace } from './open-output.ts';
import type { RateLimits, Reservation } from './rate-limits.ts';
import {
  failedBy,
  ResponseRun,
  type RunHost,
  type RunSettings,
  type RunStatus,
  type StatusDetails,
} from './response-run.ts';

interface ResponsesOptions {
  readonly clock: Clock;
  readonly writer: EventWriter;
  readonly ids: IdSource;
  readonly recording: Recording;
  readonly conversation: Conversation;
  readonly brain: Brain;
  readonly hosted: HostedServers;
  readonly pace: Pace;
  readonly speak: Speak;
  readonly rateLimits: RateLimits;
  /** `start` as documented, `after-done` as recorded. */
  readonly rateLimitsAt: 'start' | 'after-done';
  readonly faults: () => SessionFaults;
  readonly session: () => JsonObject;
  readonly utterances: () => readonly Utterance[];
  /** A response of the default conversation has ended; `playbackMs` of audio is still to be played. */
  readonly onDone: (status: RunStatus, playbackMs: number) => void;
  readonly onBrokenPlan: (error: unknown) => void;
}

/** Input tokens of a response, kept until its end for the usage. */
interface Bill {
  readonly input: Tokens;
  readonly cached: Tokens;
  readonly reservation: Reservation;
  readonly index: number;
}

/** Tokens reserved for output when the session sets no limit. */
const RESERVED_OUTPUT = 4096;

/** Delay of the limits after `response.done` in recordings. */
const LIMITS_DELAY_MS = 43;

/** The responses of one session: at most one writes to the default conversation, others run beside it. */
export class Responses implements RunHost {
  private readonly options: ResponsesOptions;
  private readonly running = new Map<string, ResponseRun>();
  private readonly bills = new Map<string, Bill>();
  private readonly timers = new Set<Timer>();
  private readonly cache = new PromptCache();
  private active: ResponseRun | null = null;
  private count = 0;
  private spoke = false;
  private isClosed = false;

  constructor(options: ResponsesOptions) {
    this.options = options;
  }

  get clock(): Clock {
    return this.options.clock;
  }

  get writer(): EventWriter {
    return this.options.writer;
  }

  /** Whether audio of the model is in the default conversation: from then on its voice is fixed. */
  get hasSpoken(): boolean {
    return this.spoke;
  }

  get isResponding(): boolean {
    return this.active !== null;
  }

  /** Starts a response, or returns its refusal. `params` is the `response` of `response.create`. */
  create(cause: ResponseRequest['cause'], params: JsonObject): ApiError | null {
    const isOutOfBand = params['conversation'] === 'none';
    if (!isOutOfBand && this.active) {
      const message =
        `Conversation already has an active response in progress: ${this.active.id}. Wait until the ` +
        'response is finished before creating a new one.';
      return refusal('conversation_already_has_active_response', message);
    }
    const context = this.contextOf(params);
    if (!Array.isArray(context)) return context;
    this.start(this.requestOf(cause, params, isOutOfBand, context), params, context);
    return null;
  }

  /** `response.cancel`: the named response, or the one of the default conversation. */
  cancel(responseId: string | undefined): ApiError | null {
    const run = responseId === undefined ? this.active : this.running.get(responseId);
    if (!run) return refusal('response_cancel_not_active', 'Cancellation failed: no active response found');
    run.cancel('client_cancelled');
    return null;
  }

  /** The caller began to speak. */
  interrupt(): void {
    this.active?.cancel('turn_detected');
  }

  /** Ends the running response of the default conversation as a fault says. */
  fail(failure: Failure): void {
    if (this.active) finishAs(this.active, failure);
  }

  close(): void {
    this.isClosed = true;
    for (const run of this.running.values()) run.abandon();
    for (const timer of this.timers) timer.cancel();
  }

  newId(prefix: 'item' | 'call'): string {
    return this.options.ids.take(prefix);
  }

  announce(run: ResponseRun, item: Item): void {
    if (run.settings.conversationId === null) return;
    const previous = this.options.conversation.tailId;
    this.options.conversation.insert(item);
    this.writer.emit('conversation.item.added', { previous_item_id: previous, item: item.wire });
  }

  finalize(_run: ResponseRun, item: Item): void {
    const { conversation } = this.options;
    if (!conversation.get(item.id)) return;
    this.writer.emit('conversation.item.done', {
      previous_item_id: conversation.previousId(item.id),
      item: item.wire,
    });
  }

  hostedCallFault(server: string, name: string): string | null {
    return this.options.hosted.callFault(server, name);
  }

  onHostedCall(item: Item, outputIndex: number): Typed | null {
    return this.options.hosted.called(item, outputIndex);
  }

  soundOf(step: SayStep, format: AudioFormat): AudioSource | Promise<AudioSource> {
    if (step.audio) return new BytesSource(step.audio);
    if (step.toneMs !== undefined) return steadyTone(step.toneMs, format);
    const spoken = this.options.speak(step.say, format);
    return spoken instanceof Promise
      ? spoken.then((bytes) => new BytesSource(bytes))
      : new BytesSource(spoken);
  }

  onAudioSent(run: ResponseRun, sentMs: number): void {
    if (run.settings.conversationId !== null) this.spoke = true;
    this.options.faults().onAudio(this.bills.get(run.id)?.index ?? 0, sentMs);
  }

  usageOf(run: ResponseRun, output: Tokens): JsonObject {
    const bill = this.bills.get(run.id);
    const nothing: Tokens = { text: 0, audio: 0 };
    if (!bill?.reservation.isGranted) return usageObject(nothing, nothing, nothing);
    this.options.rateLimits.settle(
      bill.reservation,
      bill.input.text + bill.input.audio + output.text + output.audio,
    );
    return usageObject(bill.input, bill.cached, output);
  }

  onOver(run: ResponseRun, status: RunStatus): void {
    this.running.delete(run.id);
    this.bills.delete(run.id);
    this.options.recording.noteResponse(status);
    if (this.options.rateLimitsAt === 'after-done') this.later(LIMITS_DELAY_MS, () => this.emitRateLimits());
    if (this.active !== run) return;
    this.active = null;
    this.options.onDone(status, run.audioMs);
  }

  onBrokenPlan(error: unknown): void {
    this.options.onBrokenPlan(error);
  }

  /** Returns the items a response reads: the conversation, or the items of the request. */
  private contextOf(params: JsonObject): Item[] | ApiError {
    if (!has(params, 'input')) return [...this.options.conversation.items];
    const items: Item[] = [];
    for (const [index, raw] of asArray(params['input']).entries()) {
      const given = asObject(raw);
      const id = asString(given['id']) ?? this.newId('item');
      const stored =
        given['type'] === 'item_reference'
          ? this.options.conversation.get(id)
          : newItem(id, 'client', { ...given, type: String(given['type']) });
      if (!stored)
        return refusal(
          'invalid_value',
          `Error creating response: the item with id '${id}' does not exist.`,
          `response.input[${index}].id`,
        );
      items.push(stored);
    }
    return items;
  }

  private requestOf(
    cause: ResponseRequest['cause'],
    params: JsonObject,
    isOutOfBand: boolean,
    context: readonly Item[],
  ): ResponseRequest {
    const session = this.options.session();
    const ownInstructions = asString(params['instructions']) ?? null;
    const mayCall = (params['tool_choice'] ?? session['tool_choice']) !== 'none';
    return {
      cause,
      index: ++this.count,
      isOutOfBand,
      instructions: ownInstructions ?? asString(session['instructions']) ?? '',
      ownInstructions,
      tools: mayCall ? asArray(params['tools'] ?? session['tools']).filter(isObject) : [],
      context: context.map((item): ContextItem => ({ id: item.id, wire: structuredClone(item.wire) })),
      utterances: this.options.utterances(),
      metadata: isObject(params['metadata']) ? params['metadata'] : null,
      outputFormat: toAudioFormat(at(params, 'audio.output.format') ?? at(session, 'audio.output.format')),
    };
  }

  private start(request: ResponseRequest, params: JsonObject, context: readonly Item[]): void {
    const faults = this.options.faults().onResponse(request.index);
    if (this.isClosed) return;
    const pace = {
      ...this.options.pace,
      firstByteMs: this.options.pace.firstByteMs + faults.extraFirstByteMs,
      ...(faults.audioRate === null ? {} : { audioRate: faults.audioRate }),
    };
    const run = new ResponseRun(this, this.settingsOf(request, params, pace));
    const input = contextTokens(request.instructions, request.tools, context);
    const cached = this.cache.cachedFor(request.instructions, request.tools, input);
    const reservation = this.options.rateLimits.reserve(
      input.text + input.audio + (run.settings.maxOutputTokens ?? RESERVED_OUTPUT),
    );
    this.bills.set(run.id, { input, cached, reservation, index: request.index });
    this.running.set(run.id, run);
    if (!request.isOutOfBand) this.active = run;
    run.announceCreated();
    if (this.options.rateLimitsAt === 'start') this.emitRateLimits();
    if (!reservation.isGranted) run.finish('failed', this.limited(reservation));
    else if (faults.failAs !== null)
      this.later(pace.firstByteMs, () => finishAs(run, faults.failAs as Failure));
    else run.follow(this.planFor(request, faults.extraFirstByteMs));
  }

  private async planFor(request: ResponseRequest, extraFirstByteMs: number): Promise<ResponsePlan> {
    const plan = await this.options.brain.respond(request);
    return plan.firstByteMs === undefined
      ? plan
      : { ...plan, firstByteMs: plan.firstByteMs + extraFirstByteMs };
  }

  private settingsOf(request: ResponseRequest, params: JsonObject, pace: Pace): RunSettings {
    const session = this.options.session();
    const modalities = asArray(params['output_modalities'] ?? session['output_modalities']);
    const limit = params['max_output_tokens'] ?? session['max_output_tokens'];
    const voice = at(params, 'audio.output.voice') ?? at(session, 'audio.output.voice');
    const format = at(params, 'audio.output.format') ?? at(session, 'audio.output.format');
    return {
      id: this.options.ids.take('resp'),
      conversationId: request.isOutOfBand ? null : this.options.conversation.id,
      modality: modalities.includes('text') ? 'text' : 'audio',
      format: request.outputFormat,
      maxOutputTokens: typeof limit === 'number' ? limit : null,
      fixed: {
        output_modalities: modalities,
        max_output_tokens: limit ?? 'inf',
        audio: { output: { format, voice: asString(asObject(voice)['id']) ?? voice } },
        metadata: request.metadata,
      },
      pace,
    };
  }

  private limited(reservation: Reservation): StatusDetails {
    const { limit, remaining } = this.options.rateLimits;
    const model = asString(this.options.session()['model']) ?? '';
    const message =
      `Rate limit reached for ${model} on tokens per min (TPM): Limit ${limit}, Used ${limit - remaining}, ` +
      `Requested ${reservation.requested}. Please try again in ${Math.ceil(reservation.retryMs)}ms.`;
    return { type: 'failed', error: { type: 'tokens', code: 'rate_limit_exceeded', message } };
  }

  private emitRateLimits(): void {
    this.writer.emit('rate_limits.updated', { rate_limits: this.options.rateLimits.report() });
  }

  private later(delayMs: number, run: () => void): void {
    const timer = this.clock.after(delayMs, () => {
      this.timers.delete(timer);
      run();
    });
    this.timers.add(timer);
  }
}

function finishAs(run: ResponseRun, failure: Failure): void {
  if (failure === 'max_output_tokens' || failure === 'content_filter') {
    run.finish('incomplete', { type: 'incomplete', reason: failure });
    return;
  }
  if (failure === 'mute') run.finish('completed', null);
  else run.finish('failed', failedBy(ERRORS[failure]));
}
