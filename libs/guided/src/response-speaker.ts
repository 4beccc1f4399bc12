import type { ItemId, ResponseId } from '@tandem/contracts';
import {
  AudioFrame,
  ResponseQueue,
  type ModelSessionListener,
  type ResponseStatus,
  type SpeakRequest,
} from '@tandem/conversation';
import { AgentItem } from './agent-item.ts';
import type { HeardSpeech } from './caller-turn.ts';
import type { DialogueMove } from './dialogue/dialogue.ts';
import { asProviderError } from './guided-errors.ts';
import type { DeferredCalls } from './deferred-calls.ts';
import { sentencesOf, spokenWords } from './speech/sentences.ts';
import type { Delivery, Synthesiser } from './speech/synthesiser.ts';

export type ToolMove = Extract<DialogueMove, { kind: 'call' }>;

export interface ResponseSpeakerParts {
  readonly synthesiser: Synthesiser;
  readonly delivery: () => Delivery;
  readonly deferred: DeferredCalls;
  readonly listener: ModelSessionListener;
  readonly newId: (kind: string) => string;
  /** Returns the moves of a response. After an abort the result is not used, so it must consume nothing. */
  readonly plan: (request: SpeakRequest, signal: AbortSignal) => Promise<readonly DialogueMove[]>;
  readonly callTool: (responseId: ResponseId, move: ToolMove) => void;
  /** A response is over and was not cancelled. */
  readonly onDone: (item: AgentItem | null) => void;
}

interface Running {
  readonly responseId: ResponseId;
  readonly aborted: AbortController;
  item: AgentItem | null;
}

/** A sentence to speak or a tool to call, in the order of the moves. */
type SpeechStep =
  { readonly sentence: string; readonly endsEssential: boolean } | { readonly tool: ToolMove };

const MAX_ITEMS = 8;

/** Speaks the responses of one session, one at a time, each from its start to its one end. */
export class ResponseSpeaker {
  /** Items spoken since the caller's last turn, oldest first. */
  private items: AgentItem[] = [];
  private readonly queue = new ResponseQueue((request) => this.start(request));
  private running: Running | null = null;
  private isClosed = false;

  constructor(private readonly parts: ResponseSpeakerParts) {}

  get isRunning(): boolean {
    return this.running !== null;
  }

  /** Returns what the caller heard of the items since their last turn. */
  get heardSpeech(): HeardSpeech {
    return {
      isEssentialHeard: this.items.every((item) => item.isEssentialHeard),
      isWhole: this.items.at(-1)?.isWhole ?? true,
    };
  }

  truncate(itemId: ItemId, heardMs: number): void {
    this.items.find((item) => item.itemId === itemId)?.truncate(heardMs);
  }

  /** The caller has had a turn: forgets the items before it. */
  startNewTurn(): void {
    this.items = [];
  }

  add(request: SpeakRequest): void {
    if (!this.isClosed) this.queue.add(request);
  }

  /** The caller speaks: stops the running response and forgets replies, which the new turn covers. */
  interrupt(): void {
    this.queue.dropReplies();
    this.stop();
  }

  cancelAll(): void {
    this.queue.clear();
    this.stop();
  }

  close(): void {
    this.isClosed = true;
    this.queue.clear();
    this.running?.aborted.abort();
    this.running = null;
  }

  private stop(): void {
    const { running } = this;
    if (!running) return;
    running.aborted.abort();
    this.end(running, 'cancelled');
  }

  private start(request: SpeakRequest): void {
    const running: Running = {
      responseId: this.parts.newId('response') as ResponseId,
      aborted: new AbortController(),
      item: null,
    };
    this.running = running;
    this.parts.deferred.push(() => this.parts.listener.onResponseStarted(running.responseId));
    this.perform(running, request).then(
      () => this.end(running, 'completed'),
      (error: unknown) => {
        if (this.running !== running) return;
        this.parts.deferred.push(() => this.parts.listener.onFault(asProviderError(error)));
        this.end(running, 'failed');
      },
    );
  }

  private end(running: Running, status: ResponseStatus): void {
    if (this.running !== running) return;
    this.running = null;
    const { responseId, item } = running;
    const { deferred, listener } = this.parts;
    if (item && status === 'completed') item.isDone = true;
    if (item && item.generatedMs > 0) deferred.push(() => listener.onItemDone(item.itemId, responseId));
    deferred.push(() => listener.onResponseDone(responseId, status, null));
    if (status !== 'cancelled') this.parts.onDone(item);
    this.queue.release();
  }

  private async perform(running: Running, request: SpeakRequest): Promise<void> {
    const { signal } = running.aborted;
    const moves = await this.parts.plan(request, signal);
    if (signal.aborted) return;
    if (moves.some((move) => move.kind === 'say')) {
      running.item = new AgentItem(
        this.parts.newId('item') as ItemId,
        moves.some((move) => move.kind === 'say' && move.isEssential === true),
      );
      this.items = [...this.items, running.item].slice(-MAX_ITEMS);
    }
    const beats = moves.flatMap(stepsOf);
    let ahead = this.synthesise(beats[0], signal);
    for (const [index, beat] of beats.entries()) {
      const sound = ahead;
      // The next sentence is made while this one is on its way.
      ahead = this.synthesise(beats[index + 1], signal);
      if ('tool' in beat) {
        this.parts.callTool(running.responseId, beat.tool);
        continue;
      }
      const heard = await sound;
      if (signal.aborted) return;
      this.emit(running, beat.sentence, heard);
      if (beat.endsEssential) running.item?.markEssentialEnd();
    }
  }

  private synthesise(beat: SpeechStep | undefined, signal: AbortSignal): Promise<Uint8Array> {
    if (!beat || 'tool' in beat) return Promise.resolve(new Uint8Array(0));
    const sound = this.parts.synthesiser.speak(beat.sentence, this.parts.delivery(), signal);
    // Awaited in its turn, which never comes when an earlier sentence fails.
    sound.catch(() => undefined);
    return sound;
  }

  /** Sends each word just before its sound, so that a cut in the sound is a cut in the words. */
  private emit({ responseId, item }: Running, sentence: string, sound: Uint8Array): void {
    if (!item) return;
    const { deferred, listener } = this.parts;
    const { itemId } = item;
    const lead = item.generatedMs > 0 ? ' ' : '';
    for (const [index, word] of spokenWords(sentence, sound).entries()) {
      const delta = index === 0 ? lead + word.text : word.text;
      deferred.push(() => listener.onAgentText(itemId, delta));
      if (word.sound.length > 0)
        deferred.push(() => listener.onAudio(AudioFrame.fromBytes(word.sound), itemId, responseId));
      item.addSound(word.sound.length);
    }
  }
}

function stepsOf(move: DialogueMove): SpeechStep[] {
  if (move.kind === 'call') return [{ tool: move }];
  const sentences = sentencesOf(move.text);
  return sentences.map((sentence, index) => ({
    sentence,
    endsEssential: move.isEssential === true && index === sentences.length - 1,
  }));
}
