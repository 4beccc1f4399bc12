import type { Speech } from '../audio/caller-voice.ts';
import type { CallJournal } from './call-journal.ts';

/** The phone of a person, as a script uses it. */
export interface PersonHandle {
  readonly journal: CallJournal;
  readonly hasEnded: boolean;
  /** Settles when the call is hung up. */
  readonly gone: Promise<void>;
  say(speech: Speech, options?: { readonly text?: string }): Promise<boolean>;
  press(digits: string): void;
  hangup(): void;
  /** Sleeps for simulated ms; cut short when the call ends. */
  sleepWhileAlive(ms: number): Promise<void>;
}

/** Delays count from the answer or from the action before, in simulated ms. */
type CalleeAction =
  { readonly afterMs: number; readonly press: string } | { readonly afterMs: number; readonly hangup: true };

/** Behaviour of a simulated callee. */
export interface CalleeScript {
  /**
   * `busy` is SIP 486, `decline` 603, `unreachable` 404; `no-answer` rings on until the dialler gives up.
   */
  readonly outcome: 'answer' | 'busy' | 'decline' | 'no-answer' | 'unreachable';
  /** Time of ringing before the outcome, in simulated ms. Default 1000. */
  readonly ringMs?: number;
  readonly actions?: readonly CalleeAction[];
  /** Called once the callee has picked up, for behaviour that `actions` cannot express. */
  readonly onAnswer?: (person: PersonHandle) => void | Promise<void>;
}

/** Picks up after a second and stays on the line for ten. */
export const DEFAULT_CALLEE: CalleeScript = {
  outcome: 'answer',
  ringMs: 1000,
  actions: [{ afterMs: 10_000, hangup: true }],
};
