import type { AudioFormat, ItemId, ProviderError, ToolDeclaration, TurnDetection } from '@tandem/contracts';
import type { AudioFrame } from '../audio/audio-frame.ts';
import type { ModelSessionListener } from './model-session-listener.ts';

export type { ResponseStatus } from '@tandem/contracts';

export interface VoiceModelCapabilities {
  /** In order of preference. */
  readonly inputFormats: readonly AudioFormat[];
  readonly outputFormats: readonly AudioFormat[];
  /** The longest duration of one session; null for no limit. */
  readonly maxSessionMs: number | null;
  /** The provider can call tools of servers by itself: tools with the place `provider`. Absent: it cannot. */
  readonly runsTools?: boolean;
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
  /**
   * Tells the provider whether it may run a tool call of its own; `refusal` is the reason for the model, null
   * allows the call. Starts no response by itself.
   */
  decideToolCall(providerCallId: string, refusal: string | null): void;
  /** Adds a fact to the history that the model should know: pressed digits, an operator's hint. */
  addNote(text: string): void;
  /**
   * Adds words the caller wrote instead of speaking them, as theirs. Starts no response by itself. They are
   * in the conversation's history as well.
   */
  addCallerText(text: string): void;
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
