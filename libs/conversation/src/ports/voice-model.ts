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
  /** How long one session may last; null for no limit. */
  readonly maxSessionMs: number | null;
}

/**
 * One entry of an earlier conversation, oldest first. Audio cannot be given back to a model, so it is text.
 */
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

/** What may change while a session runs. Absent means unchanged. */
export interface ModelSessionChange {
  readonly instructions?: string;
  readonly tools?: readonly ToolDeclaration[];
  readonly turnDetection?: TurnDetection;
  readonly noiseReduction?: NoiseReduction;
  readonly language?: string;
  readonly speed?: number;
  /**
   * Who answers and who interrupts. `model`: it replies by itself at the end of the caller's turn and stops
   * generating when the caller speaks (fastest). `session`: it only reports speech, and waits for `respond`
   * and `cancelResponse`.
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
  /** The conversation so far, oldest first; asked for whenever the session is opened, and opened anew. */
  readonly history: () => readonly HistoryItem[];
  /**
   * The agent has said goodbye, or puts the caller through: an answer without a sound leaves nobody waiting.
   */
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
 * Called by the session in the order things happened at the provider, on the event loop's own turn.
 *
 * Of one response: `onResponseStarted`, then its audio, text and tool calls interleaved, then exactly one
 * `onResponseDone`. At most one response runs at a time. Transcripts of the caller come late: after the
 * reply, or never. After `onClosed` nothing more is called.
 */
export interface ModelSessionListener {
  /** The session is configured, its history is in, audio and commands now count. Once. */
  onReady(): void;
  /** Audio of the agent, in the agreed output format, faster than real time. */
  onAudio(frame: AudioFrame, itemId: ItemId, responseId: ResponseId): void;
  /** More of the words that belong to an item's audio. */
  onAgentText(itemId: ItemId, delta: string): void;
  /** No more audio and no more words will come for this item. */
  onItemDone(itemId: ItemId, responseId: ResponseId): void;
  /** The caller began to speak; `itemId` names the utterance that is to come. */
  onCallerSpeechStarted(itemId: ItemId): void;
  /**
   * `endedAgoMs`: how long ago the speech really ended, the silence that proves it included; 0 when not
   * known.
   */
  onCallerSpeechStopped(itemId: ItemId, endedAgoMs: number): void;
  /**
   * The words of an utterance; with `isFinal` the whole of it, before that the words so far. Null, which is
   * final, when they will not be known: unlike an empty text it does not say that there were none.
   */
  onCallerText(itemId: ItemId, text: string | null, isFinal: boolean): void;
  /** Words of the caller could not be found out, and why. Told with each utterance it happens to. */
  onTranscriptionFailed?(error: ProviderError): void;
  onResponseStarted(responseId: ResponseId): void;
  onToolCall(call: ModelToolCall): void;
  onResponseDone(responseId: ResponseId, status: ResponseStatus, usage: Usage | null): void;
  /**
   * Something outside a response was used and is billed: transcription of the caller. `model` is what did it,
   * as the provider calls it. Also called after the last response.
   */
  onUsage?(model: string, usage: Usage): void;
  /**
   * The conversation goes on in another session, seeded with the history: renewed at a pause, or opened anew
   * after a failure. A response that ran is done before this comes; ids of the old session mean nothing any
   * more.
   */
  onMoved(move: ModelMove): void;
  /**
   * Something failed and the session goes on, if `onClosed` does not follow. `status` is how a response ended
   * that is told of as done next: its reason is the error's code.
   */
  onFault(error: ProviderError, status?: ResponseStatus): void;
  /** The session is gone. `error` is absent when we closed it. */
  onClosed(error: ProviderError | null): void;
}

export interface ModelMove {
  readonly provider: string;
  readonly model: string;
  readonly why: 'renewal' | 'cut' | 'hang' | 'ladder';
  /** Ms without a usable session; 0 when the new one was ready before the old one went. */
  readonly gapMs: number;
}

export type SpeakRequest =
  /** In these words exactly, as far as the model can. */
  | { readonly kind: 'say'; readonly text: string }
  /** In its own words, under this instruction. With `mayBeSilent` it need not say anything. */
  | { readonly kind: 'instruct'; readonly instruction: string; readonly mayBeSilent?: boolean }
  /** What it would say next by itself. With `mayBeSilent` an answer without a sound is one, too. */
  | { readonly kind: 'reply'; readonly mayBeSilent?: boolean };

/**
 * One open conversation with a voice model. Methods never throw and do nothing after `onClosed`; what the
 * provider refuses comes back as `onFault`. The session does not reopen itself: who retries is decided above
 * it.
 */
export interface VoiceModelSession {
  readonly provider: string;
  readonly model: string;
  /** What it speaks with. */
  readonly voice: string;
  /**
   * The caller's voice, in the agreed input format. Dropped and counted before `onReady` and above the send
   * bound.
   */
  pushAudio(frame: AudioFrame): void;
  /** Starts a response. While another one runs the request waits for its end. */
  respond(request: SpeakRequest): void;
  /**
   * Stops the running response, whose `onResponseDone` says `cancelled`, and forgets waiting ones. Harmless
   * when none runs.
   */
  cancelResponse(): void;
  /** Forgets what the caller did not hear of an item. `heardMs` is never above the audio received for it. */
  truncate(itemId: ItemId, heardMs: number): void;
  /** The outcome of a tool call as the model shall read it. Starts no response by itself. */
  sendToolResult(providerCallId: string, output: string): void;
  /** Puts something the model should know into the history: pressed digits, an operator's hint. */
  addNote(text: string): void;
  change(change: ModelSessionChange): void;
  /** Nobody speaks and nothing is pending: a good moment for what the session has to do to itself. */
  onIdle(): void;
  /**
   * What the model does is of no use: it is left, for the reason given, and whoever decides above it goes on.
   */
  abandon(error: ProviderError): void;
  /** No more audio will come: what the caller was saying counts as said, and its words are still reported. */
  finishInput(): void;
  close(): void;
}

/** A kind of voice model with its endpoint and key: opens sessions. */
export interface VoiceModel {
  readonly provider: string;
  readonly capabilities: VoiceModelCapabilities;
  /**
   * Returns at once; the outcome comes as `onReady` or `onClosed`, the latter within the adapter's open
   * timeout.
   */
  open(setup: ModelSessionSetup, listener: ModelSessionListener): VoiceModelSession;
}
