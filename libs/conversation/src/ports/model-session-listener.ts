import type {
  CallEventBody,
  ItemId,
  ProviderError,
  ResponseId,
  ResponseStatus,
  ToolOutcome,
  Usage,
} from '@tandem/contracts';
import type { AudioFrame } from '../audio/audio-frame.ts';

export interface ModelToolCall {
  /** The provider's `call_id`. */
  readonly providerCallId: string;
  readonly responseId: ResponseId;
  readonly name: string;
  /** Unparsed: the model's words, possibly nonsense. */
  readonly argumentsJson: string;
  /**
   * The provider runs this call by itself. It waits for `decideToolCall`, and `onHostedToolEnded` follows
   * when it has run.
   */
  readonly isHosted?: true;
}

/** Why tools that a provider runs cannot be called. */
export type MissingToolsReason = CallEventBody<'tools.unavailable'>['why'];

/**
 * Called by the session in the provider's order of events, on the event loop's own turn.
 *
 * Each response is one `onResponseStarted`, then its audio, text and tool calls interleaved, then exactly one
 * `onResponseDone`. At most one response runs at a time. Transcripts of the caller come late: after the
 * reply, or never. After `onClosed` nothing more is called.
 */
export interface ModelSessionListener {
  /** The session is configured and has its history; audio and commands take effect from now on. Once. */
  onReady(): void;
  /** Audio of the agent, in the agreed output format, faster than real time. */
  onAudio(frame: AudioFrame, itemId: ItemId, responseId: ResponseId): void;
  /** More of the words that belong to an item's audio. */
  onAgentText(itemId: ItemId, delta: string): void;
  /** No more audio and no more words will come for this item. */
  onItemDone(itemId: ItemId, responseId: ResponseId): void;
  /** The caller began to speak; `itemId` names the utterance. */
  onCallerSpeechStarted(itemId: ItemId): void;
  /** @param endedAgoMs how long ago the speech ended, the silence that proves it included; 0 if unknown */
  onCallerSpeechStopped(itemId: ItemId, endedAgoMs: number): void;
  /**
   * The words of an utterance: all of them with `isFinal`, before that the words so far. Null is final and
   * means that the words stay unknown; an empty text means that there were none.
   */
  onCallerText(itemId: ItemId, text: string | null, isFinal: boolean): void;
  /** An utterance could not be transcribed. Called once for each. */
  onTranscriptionFailed?(error: ProviderError): void;
  onResponseStarted(responseId: ResponseId): void;
  onToolCall(call: ModelToolCall): void;
  /** The provider has run a call that it was allowed; at any time, also between responses. */
  onHostedToolEnded?(providerCallId: string, outcome: ToolOutcome): void;
  /** Tools that a provider runs, by their names, cannot be called in this session. */
  onToolsMissing?(names: readonly string[], why: MissingToolsReason): void;
  onResponseDone(responseId: ResponseId, status: ResponseStatus, usage: Usage | null): void;
  /**
   * Billed usage outside a response: transcription of the caller. `model` is the provider's name of the
   * transcriber. Also called after the last response.
   */
  onUsage?(model: string, usage: Usage): void;
  /**
   * The conversation goes on in another session, seeded with the history: renewed at a pause, or reopened
   * after a failure. A running response is reported as done before; ids of the old session are invalid.
   */
  onMoved(move: ModelMove): void;
  /**
   * Something failed, and the session goes on unless `onClosed` follows. With `status`, a response ended that
   * way for this reason; its `onResponseDone` comes next.
   */
  onFault(error: ProviderError, status?: ResponseStatus): void;
  /** The session is gone. `error` is absent when we closed it. */
  onClosed(error: ProviderError | null): void;
}

export interface ModelMove {
  readonly provider: string;
  readonly model: string;
  readonly why: 'renewal' | 'cut' | 'hang' | 'ladder';
  /** Ms without a usable session; 0 when the new one was ready before the old one ended. */
  readonly gapMs: number;
}
