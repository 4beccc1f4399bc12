import type { CallHandle } from './call-handle.ts';

export type AnsweredBy =
  | 'human'
  | 'machine_start'
  | 'machine_end_beep'
  | 'machine_end_silence'
  | 'machine_end_other'
  | 'fax'
  | 'unknown';

/** The called party: a number, a SIP address or a client, as in the TwiML or the REST request. */
export interface DialledParty {
  readonly to: string;
  readonly from: string;
  readonly kind: 'number' | 'sip' | 'client';
}

/** Delays count from the answer or from the action before, in simulated ms. */
type CalleeAction =
  | { readonly afterMs: number; readonly press: string }
  | { readonly afterMs: number; readonly say: Uint8Array; readonly text?: string }
  | { readonly afterMs: number; readonly hangup: true };

/** Behaviour of a simulated callee. */
export interface CalleeScript {
  /** `decline` is an active refusal; Twilio reports it as busy. `failed`: the number cannot be reached. */
  readonly outcome: 'answer' | 'busy' | 'no-answer' | 'decline' | 'failed';
  /** Time of ringing before the outcome, in simulated ms. `no-answer` rings on until the dialler gives up. */
  readonly ringMs?: number;
  readonly actions?: readonly CalleeAction[];
  /** Verdict of machine detection, when it is on. */
  readonly answeredBy?: AnsweredBy;
  readonly detectionMs?: number;
  /** Called once the callee has picked up, for behaviour that `actions` cannot express. */
  readonly onAnswer?: (leg: CallHandle) => void | Promise<void>;
}

/** Picks up after a second and stays on the line for ten. */
export const DEFAULT_CALLEE: CalleeScript = {
  outcome: 'answer',
  ringMs: 1000,
  actions: [{ afterMs: 10_000, hangup: true }],
};

export type RingResult = 'answered' | 'busy' | 'no-answer' | 'failed' | 'canceled';

/** Plays the script until the callee has picked up or will not. The leg's status follows. */
export async function ring(leg: CallHandle, script: CalleeScript, timeoutMs: number): Promise<RingResult> {
  leg.setStatus('initiated');
  if (script.outcome === 'failed') return refuse(leg, 'failed');
  leg.setStatus('ringing');
  const ringMs = script.outcome === 'no-answer' ? timeoutMs : (script.ringMs ?? 1000);
  await leg.sleepWhileAlive(Math.min(ringMs, timeoutMs));
  if (leg.hasEnded) return 'canceled';
  if (ringMs > timeoutMs || script.outcome === 'no-answer') return refuse(leg, 'no-answer');
  if (script.outcome !== 'answer') return refuse(leg, 'busy');
  leg.answer();
  leg.track(act(leg, script));
  return 'answered';
}

function refuse(leg: CallHandle, status: 'busy' | 'no-answer' | 'failed'): RingResult {
  leg.end('not-answered', status);
  return status;
}

async function act(leg: CallHandle, script: CalleeScript): Promise<void> {
  await script.onAnswer?.(leg);
  for (const action of script.actions ?? []) {
    await leg.sleepWhileAlive(action.afterMs);
    if (leg.hasEnded) return;
    if ('press' in action) leg.press(action.press);
    else if ('say' in action)
      await leg.say(action.say, action.text === undefined ? {} : { text: action.text });
    else leg.hangup();
  }
}
