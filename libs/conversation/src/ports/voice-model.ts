import type {
  AudioFormat,
  ItemId,
  ProviderError,
  ResponseId,
  ResponseStatus,
  ToolDeclaration,
  TurnDetection,
  Usage,
} from '@tandem/contracts';
import type { AudioFrame } from '../audio/audio-frame.ts';

export type { ResponseStatus } from '@tandem/contracts';

export interface VoiceModelCapabilities {
  /** In order of preference. */
  readonly inputFormats: readonly AudioFormat[];
  readonly outputFormats: readonly AudioFormat[];
  /** The longest duration of one session; null for no limit. */
  readonly maxSessionMs: number | null;
}

/** One entry of an earlier conversation. Audio cannot be given back to a model, so it is text. */
export type HistoryItem =
  | { readonly kind: 'caller'; readonly text: string }
  | { readonly kind: 'agent'; readonly text: string }
  | { readonly kind: 'note'; readonly text: string }
  | {
      readonly kind: 'tool-call';
      readonly providerCallId: string;
      readonly name: string;
      readonly argumentsJson: string;
    }
  | { readonly kind: 'tool-result'; readonly providerCallId: string; readonly output: string };

export type NoiseReduction = 'near_field' | 'far_field' | 'off';

/** Settings that may change while a session runs. Absent means unchanged. */
export interface ModelSessionChange {
  readonly instructions?: string;
  readonly tools?: readonly ToolDeclaration[];
  readonly turnDetection?: TurnDetection;
  readonly noiseReduction?: NoiseReduction;
  readonly language?: string;
  readonly speed?: number;
  /**
   * Decides who answers and who interrupts. `model`: the model replies by itself at the end of the caller's
   * turn and stops generating when the caller speaks (fastest). `session`: the model only reports speech, and
   * waits for `respond` and `cancelResponse`.
   */
  readonly turnOwner?: 'model' | 'session';
}

export interface ModelSessionSetup extends ModelSessionChange {
  readonly instructions: string;
  readonly tools: readonly ToolDeclaration[];
  readonly turnDetection: TurnDetection;
  readonly turnOwner: 'model' | 'session';
  readonly language: string;
  readonly voice: string;
  readonly transcriptionModel: string;
  readonly inputFormat: AudioFormat;
  readonly outputFormat: AudioFormat;
  /** Returns the conversation so far, oldest first; called each time a session is opened. */
  readonly history: () => readonly HistoryItem[];
  /** The agent has said goodbye or puts the caller through: a response without audio is no failure then. */
  readonly isClosing?: () => boolean;
}

export interface ModelToolCall {
  /** The provider's `call_id`. */
  readonly providerCallId: string;
  readonly responseId: ResponseId;
  readonly name: string;
  /** Unparsed: the model's words, possibly nonsense. */
  readonly argumentsJson: string;
}

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

export type SpeakRequest =
  /** Say exactly these words, as far as the model can. */
  | { readonly kind: 'say'; readonly text: string }
  /**
   * Say something under this instruction, in its own words. With `mayBeSilent` a response without audio is
   * accepted.
   */
  | { readonly kind: 'instruct'; readonly instruction: string; readonly mayBeSilent?: boolean }
  /** The model's next turn. With `mayBeSilent` a response without audio is accepted. */
  | { readonly kind: 'reply'; readonly mayBeSilent?: boolean };

/**
 * One open conversation with a voice model. Methods never throw and do nothing after `onClosed`; a refusal by
 * the provider comes back as `onFault`. The session does not reopen itself: retries are decided above it.
 */
export interface VoiceModelSession {
  readonly provider: string;
  readonly model: string;
  /** The name of its voice. */
  readonly voice: string;
  /**
   * Sends the caller's audio, in the agreed input format. Dropped and counted before `onReady` and above the
   * bound.
   */
  pushAudio(frame: AudioFrame): void;
  /** Starts a response. While another one runs the request waits for its end. */
  respond(request: SpeakRequest): void;
  /** Stops the running response, whose `onResponseDone` says `cancelled`, and drops the waiting ones. */
  cancelResponse(): void;
  /**
   * Removes from the history what the caller did not hear of an item. `heardMs` never exceeds the received
   * audio.
   */
  truncate(itemId: ItemId, heardMs: number): void;
  /** Sends a tool call's outcome in words for the model. Starts no response by itself. */
  sendToolResult(providerCallId: string, output: string): void;
  /** Adds a fact to the history that the model should know: pressed digits, an operator's hint. */
  addNote(text: string): void;
  change(change: ModelSessionChange): void;
  /** The floor is quiet and nothing is pending: a good moment for a session to renew itself. */
  onIdle(): void;
  /** Gives up on the model for this reason, as on one that failed: the layer above decides what follows. */
  abandon(error: ProviderError): void;
  /** Ends the input: speech under way counts as ended, and its words are still reported. */
  finishInput(): void;
  close(): void;
}

/** A voice model with its endpoint and key: opens sessions. */
export interface VoiceModel {
  readonly provider: string;
  readonly capabilities: VoiceModelCapabilities;
  /** Returns at once; `onReady` follows, or `onClosed` within the adapter's open timeout. */
  open(setup: ModelSessionSetup, listener: ModelSessionListener): VoiceModelSession;
}
