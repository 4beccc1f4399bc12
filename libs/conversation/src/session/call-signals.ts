import type { ItemId, ResponseId, Termination, ToolOutcome } from '@tandem/contracts';
import type { ModelSessionChange, NoiseReduction, SpeakRequest } from '../ports/voice-model.ts';
import type { CutItem, SpokenItem } from './speech/spoken-item.ts';

/**
 * A message from one part of a call to the others; `call-switchboard.ts` has what follows from each. They are
 * raised at turning points, never for an audio frame.
 */
export type CallSignal =
  // The agent's sound
  /** Audio is about to be written while nothing is playing. */
  | { readonly kind: 'playout-begins' }
  /** The first audio of a response is on its way to the caller. */
  | { readonly kind: 'response-audible'; readonly responseId: ResponseId }
  /** The caller hears the first sound of a response. */
  | { readonly kind: 'response-heard'; readonly responseId: ResponseId }
  /** No more of this item will be heard. */
  | { readonly kind: 'item-finished'; readonly item: SpokenItem }
  /** Everything written has been heard, and no more audio of the written items will come. */
  | { readonly kind: 'playout-idle' }

  // Turns
  /** Neither side speaks, and neither is about to. */
  | { readonly kind: 'floor-quiet' }
  /** The agent has finished, and the caller is speaking. */
  | { readonly kind: 'caller-talks-on' }
  /** The caller began to make a sound. */
  | { readonly kind: 'caller-sounds' }
  /** A sound of the caller had neither an end nor a word: it was no speech. */
  | { readonly kind: 'caller-wordless'; readonly itemId: ItemId }
  /** The transcript of an utterance is not waited for any longer. */
  | { readonly kind: 'words-given-up'; readonly itemId: ItemId }
  /**
   * The agent was silenced, `tookMs` after the sound that did it; `times` counts the call's interruptions.
   */
  | {
      readonly kind: 'agent-interrupted';
      readonly cut: readonly CutItem[];
      readonly tookMs: number;
      readonly times: number;
    }

  // Words for the caller and the model
  /** The agent should say these words. */
  | { readonly kind: 'phrase-due'; readonly text: string }
  /** The model should speak. */
  | { readonly kind: 'speech-due'; readonly request: SpeakRequest }
  /** The model should know this; it says nothing about it by itself. */
  | { readonly kind: 'note-due'; readonly text: string }

  // The agent's settings
  | { readonly kind: 'agent-changed'; readonly change: ModelSessionChange }
  | { readonly kind: 'mic-distance-chosen'; readonly distance: NoiseReduction }
  /** The caller speaks another of the agent's languages. */
  | { readonly kind: 'language-noticed'; readonly language: string }

  // Tools and keys
  /** The first worker tool went to work. */
  | { readonly kind: 'tools-began' }
  /** No worker tool is at work any longer. */
  | { readonly kind: 'tools-done' }
  | { readonly kind: 'tool-finished'; readonly name: string; readonly outcome: ToolOutcome }
  /** The work of a tool call that had timed out has ended after all. */
  | { readonly kind: 'tool-finished-late'; readonly name: string; readonly outcome: ToolOutcome }
  | { readonly kind: 'digits-entered'; readonly digits: string }

  // Putting the caller through
  /** The announcement must be heard to its end. */
  | { readonly kind: 'transfer-announced'; readonly text: string }
  /** The caller goes on talking to the agent; `note` tells the model why. */
  | { readonly kind: 'transfer-withdrawn'; readonly note: string }
  /** The request could not be stored; `text` tells the caller. */
  | { readonly kind: 'transfer-failed'; readonly text: string }
  /** The request is stored: the carrier can take over. */
  | { readonly kind: 'transfer-stored' }

  // Limits
  /** The caller has been silent for the agent's patience. */
  | { readonly kind: 'idle-prompt-due' }
  /** The caller has stayed silent after the last prompt. */
  | { readonly kind: 'idle-given-up' }
  /** The model should bring the call to an end; `why` is a sentence for it. */
  | { readonly kind: 'limit-near'; readonly why: string }
  | {
      readonly kind: 'limit-reached';
      readonly reason: 'max-duration' | 'no-progress' | 'budget-reached';
    }

  // The end
  /** Null when the call goes on elsewhere. */
  | { readonly kind: 'call-over'; readonly termination: Termination | null };
