import type { ItemId, ResponseId } from '@tandem/contracts';
import {
  AudioFrame,
  ResponseQueue,
  type ModelSessionListener,
  type ResponseStatus,
  type SpeakRequest,
} from '@tandem/conversation';
import { AgentItem } from './agent-item.ts';
import type { Heard } from './caller-turn.ts';
import type { DialogueMove } from './dialogue/dialogue.ts';
import { asProviderError } from './guided-errors.ts';
import type { Outbox } from './outbox.ts';
import { sentencesOf, spokenWords } from './speech/sentences.ts';
import type { Delivery, Synthesiser } from './speech/synthesiser.ts';

export type ToolMove = Extract<DialogueMove, { kind: 'call' }>;

export interface SpeakingParts {
  readonly synthesiser: Synthesiser;
  readonly delivery: () => Delivery;
  readonly outbox: Outbox;
  readonly listener: ModelSessionListener;
  readonly newId: (kind: string) => string;
  /**
   * What a response is made of. What it resolves to after an abort is not used, so nothing may be used up for
   * it.
   */
  readonly plan: (request: SpeakRequest, signal: AbortSignal) => Promise<readonly DialogueMove[]>;
  readonly callTool: (responseId: ResponseId, move: ToolMove) => void;
  /** A response is over that was not cancelled. */
  readonly onDone: (item: AgentItem | null) => void;
}

interface Running {
  readonly responseId: ResponseId;
  readonly aborted: AbortController;
  item: AgentItem | null;
}

/** A sentence to speak or a tool to call, in the order of the moves. */
type Beat = { readonly sentence: string; readonly endsEssential: boolean } | { readonly tool: ToolMove };

const MAX_ITEMS = 8;

/** The responses of one session: one at a time, the others in line, each from its start to its one end. */
export class Speaking {
  /** What was said since the caller's last turn, and the item before: the latest last. */
  private items: AgentItem[] = [];
  private readonly queue = new ResponseQueue((request) => this.start(request));
  private running: Running | null = null;
  private isClosed = false;

  constructor(private readonly parts: SpeakingParts) {}

  get isRunning(): boolean {
    return this.running !== null;
  }

  /** How what was said since the caller's last turn came across. */
  get heard(): Heard {
    return {
      isEssentialHeard: this.items.every((item) => item.isEssentialHeard),
      isWhole: this.items.at(-1)?.isWhole ?? true,
    };
  }

  truncate(itemId: ItemId, heardMs: number): void {
    this.items.find((item) => item.itemId === itemId)?.truncated(heardMs);
  }

  /** The caller has had their turn: what was said before it is past. */
  turned(): void {
    this.items = [];
  }

  add(request: SpeakRequest): void {
    if (!this.isClosed) this.queue.add(request);
  }

  /**
   * The caller speaks: what runs stops, and replies to what was said before are answered with the turn to
   * come.
   */
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
    this.parts.outbox.push(() => this.parts.listener.onResponseStarted(running.responseId));
    this.perform(running, request).then(
      () => this.end(running, 'completed'),
      (error: unknown) => {
        if (this.running !== running) return;
        this.parts.outbox.push(() => this.parts.listener.onFault(asProviderError(error)));
        this.end(running, 'failed');
      },
    );
  }

  private end(running: Running, status: ResponseStatus): void {
    if (this.running !== running) return;
    this.running = null;
    const { responseId, item } = running;
    const { outbox, listener } = this.parts;
    if (item && status === 'completed') item.isDone = true;
    if (item && item.generatedMs > 0) outbox.push(() => listener.onItemDone(item.itemId, responseId));
    outbox.push(() => listener.onResponseDone(responseId, status, null));
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
    const beats = moves.flatMap(beatsOf);
    let ahead = this.sound(beats[0], signal);
    for (const [index, beat] of beats.entries()) {
      const sound = ahead;
      // The next sentence is made while this one is on its way.
      ahead = this.sound(beats[index + 1], signal);
      if ('tool' in beat) {
        this.parts.callTool(running.responseId, beat.tool);
        continue;
      }
      const heard = await sound;
      if (signal.aborted) return;
      this.utter(running, beat.sentence, heard);
      if (beat.endsEssential) running.item?.essentialEnds();
    }
  }

  private sound(beat: Beat | undefined, signal: AbortSignal): Promise<Uint8Array> {
    if (!beat || 'tool' in beat) return Promise.resolve(new Uint8Array(0));
    const sound = this.parts.synthesiser.speak(beat.sentence, this.parts.delivery(), signal);
    // It is awaited in its turn; if that never comes, because an earlier one failed, its failure is of no
    // interest.
    sound.catch(() => undefined);
    return sound;
  }

  /** Each word goes out just before its sound, so that a cut in the sound is a cut in the words. */
  private utter({ responseId, item }: Running, sentence: string, sound: Uint8Array): void {
    if (!item) return;
    const { outbox, listener } = this.parts;
    const { itemId } = item;
    const lead = item.generatedMs > 0 ? ' ' : '';
    for (const [index, word] of spokenWords(sentence, sound).entries()) {
      const delta = index === 0 ? lead + word.text : word.text;
      outbox.push(() => listener.onAgentText(itemId, delta));
      if (word.sound.length > 0)
        outbox.push(() => listener.onAudio(AudioFrame.fromBytes(word.sound), itemId, responseId));
      item.generated(word.sound.length);
    }
  }
}

function beatsOf(move: DialogueMove): Beat[] {
  if (move.kind === 'call') return [{ tool: move }];
  const sentences = sentencesOf(move.text);
  return sentences.map((sentence, index) => ({
    sentence,
    endsEssential: move.isEssential === true && index === sentences.length - 1,
  }));
}
