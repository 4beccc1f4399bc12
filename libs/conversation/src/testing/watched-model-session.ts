import type { ItemId, ProviderError, ResponseId } from '@tandem/contracts';
import type { ModelSessionSetup, VoiceModel, VoiceModelSession } from '../ports/voice-model.ts';
import type { ModelSessionListener, ModelToolCall } from '../ports/model-session-listener.ts';

/** Records the events of a model session in order, and checks them against the rules of the port. */
export class WatchedModelSession {
  readonly session: VoiceModelSession;
  /** One line for each event but audio and text, which are kept by item. */
  readonly events: string[] = [];
  readonly texts = new Map<ItemId, string>();
  readonly toolCalls: ModelToolCall[] = [];
  readonly faults: ProviderError[] = [];
  /** Final words by utterance. */
  readonly words = new Map<ItemId, string | null>();
  readonly utterances: ItemId[] = [];
  audioBytes = 0;
  historyReads = 0;
  closedWith: ProviderError | null | undefined;
  /** Rules of the port that an event broke. */
  readonly broken: string[] = [];
  private running: ResponseId | null = null;
  private isInside = false;

  constructor(model: VoiceModel, setup: Omit<ModelSessionSetup, 'history'>) {
    const history = () => {
      this.historyReads += 1;
      return [];
    };
    this.session = this.calling(() => model.open({ ...setup, history }, this.listener));
  }

  /** Calls into the session: no event may come from inside the call. */
  calling<Result>(call: () => Result): Result {
    this.isInside = true;
    try {
      return call();
    } finally {
      this.isInside = false;
    }
  }

  count(event: string): number {
    return this.events.filter((told) => told === event).length;
  }

  private tell(event: string): void {
    this.events.push(event);
    this.check(!this.isInside, `${event} came from inside a call to the session`);
    this.check(this.closedWith === undefined, `${event} came after the end`);
  }

  private check(isSo: boolean, rule: string): void {
    if (!isSo) this.broken.push(rule);
  }

  private within(responseId: ResponseId, event: string): void {
    this.check(responseId === this.running, `${event} came outside its response`);
  }

  private readonly listener: ModelSessionListener = {
    onReady: () => {
      this.check(this.historyReads > 0, 'ready came before the history was read');
      this.tell('ready');
    },
    onAudio: (frame, _itemId, responseId) => {
      this.within(responseId, 'audio');
      this.audioBytes += frame.byteLength;
    },
    onAgentText: (itemId, delta) => void this.texts.set(itemId, (this.texts.get(itemId) ?? '') + delta),
    onItemDone: (_itemId, responseId) => {
      this.within(responseId, 'item done');
      this.tell('item done');
    },
    onCallerSpeechStarted: (itemId) => {
      this.check(!this.utterances.includes(itemId), 'an utterance began twice');
      this.utterances.push(itemId);
      this.tell('caller started');
    },
    onCallerSpeechStopped: (itemId, endedAgoMs) => {
      this.check(this.utterances.at(-1) === itemId, 'an utterance ended that is not the last one');
      this.check(endedAgoMs >= 0, 'speech ended in the future');
      this.tell('caller stopped');
    },
    onCallerText: (itemId, text, isFinal) => {
      this.check(this.utterances.includes(itemId), 'words came for no utterance');
      this.check(!this.words.has(itemId), 'words came after the final ones');
      this.check(isFinal || text !== null, 'unknown words were not final');
      if (!isFinal) return;
      this.words.set(itemId, text);
      this.tell('caller words');
    },
    onResponseStarted: (responseId) => {
      this.check(this.running === null, 'a response began while another one ran');
      this.running = responseId;
      this.tell('response started');
    },
    onToolCall: (toolCall) => {
      this.within(toolCall.responseId, 'tool call');
      this.toolCalls.push(toolCall);
      this.tell('tool call');
    },
    onResponseDone: (responseId, status) => {
      this.within(responseId, 'the end of a response');
      this.running = null;
      this.tell(`response ${status}`);
    },
    onMoved: () => this.tell('moved'),
    onFault: (error) => {
      this.faults.push(error);
      this.tell('fault');
    },
    onClosed: (error) => {
      this.tell('closed');
      this.closedWith = error;
    },
  };
}
