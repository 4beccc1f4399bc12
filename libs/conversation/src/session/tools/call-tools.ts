import type { CallLog } from '../../ports/call-log.ts';
import type { ModelToolCall, NoiseReduction } from '../../ports/voice-model.ts';
import type { AgentState } from '../agent/agent-state.ts';
import type { CallEnding } from '../call-ending.ts';
import type { CallRecording } from '../history/call-recording.ts';
import type { DigitInput } from './digit-input.ts';
import type { MicDistance } from '../agent/mic-distance.ts';
import type { Playout } from '../speech/playout.ts';
import type { DigitCaptureOutcome, SecureDigits } from './secure-digits.ts';
import type { CannedPhrases } from '../speech/canned-phrases.ts';
import type { CallToolResult, CallTools } from './tool-loop.ts';
import type { Transfer, TransferRequest } from './transfer.ts';
import type { TurnTaking } from '../turns/turn-taking.ts';

export interface CallToolParts {
  readonly agent: AgentState;
  readonly ending: CallEnding;
  readonly transfer: Transfer;
  readonly playout: Playout;
  readonly turns: TurnTaking;
  readonly phrases: CannedPhrases;
  readonly mic: MicDistance;
  readonly digits: DigitInput;
  readonly secureDigits: SecureDigits;
  readonly recording: CallRecording;
  readonly log: CallLog;
  readonly offsetMs: () => number;
}

const GAVE_UP: Readonly<Record<Exclude<DigitCaptureOutcome, 'entered'>, { reason: string; detail: string }>> =
  {
    cancelled: {
      reason: 'caller-gave-up',
      detail: 'The caller stopped typing without entering a number. Ask whether they want to try again.',
    },
    'timed-out': {
      reason: 'nothing-typed',
      detail: 'The caller typed nothing more for half a minute. Ask whether they want to try again.',
    },
  };

const done = (
  value: Record<string, string | number | boolean>,
  needsReply: () => boolean,
): CallToolResult => ({ outcome: { status: 'ok', value }, needsReply });

/** What the session itself does for the model, by the names of the declarations with place `call`. */
export function callTools(parts: CallToolParts): CallTools {
  const { agent, ending, transfer, playout, turns, phrases, mic, recording } = parts;
  /** A tool nobody needs to hear of: a reply only when its response said nothing. */
  const unlessSpoken = (asked: ModelToolCall) => () => !playout.hasSpoken(asked.responseId);
  return {
    end_call: (_input: never, asked) => {
      turns.isProtected = true;
      ending.sayGoodbye('agent-goodbye');
      return done(
        { next: 'Say one short goodbye. The line closes when it has been heard.' },
        unlessSpoken(asked),
      );
    },
    transfer_call: (wish: TransferRequest) => ({
      outcome: transfer.begin(wish),
      needsReply: () => !transfer.isPending,
    }),
    update_mic_distance: (input: { distance: NoiseReduction }, asked) =>
      done({ changed: mic.set(input.distance) }, unlessSpoken(asked)),
    switch_language: (input: { language: string }) => {
      agent.apply({ language: input.language }, 'tool');
      return done({ language: agent.language, next: 'Go on in this language.' }, () => true);
    },
    record_consent: (input: { consent: 'granted' | 'refused' }, asked) => {
      if (!recording.isPossible)
        return {
          outcome: {
            status: 'refused',
            reason: 'not-recorded',
            detail: 'This call is not recorded, whatever the caller says. Go on.',
          },
          needsReply: () => true,
        };
      recording.stated(input.consent);
      return done({ recorded: input.consent === 'granted' }, unlessSpoken(asked));
    },
    collect_digits: async (input: { max_digits: number }) =>
      capture(parts, input.max_digits, () => phrases.speakPhrase(agent.texts.secureDigits)),
  };
}

async function capture(
  { digits, secureDigits, recording, log, offsetMs }: CallToolParts,
  maxDigits: number,
  explain: () => void,
): Promise<CallToolResult> {
  recording.hold('digits');
  // Whoever began to type too early was typing this.
  digits.forget();
  const entry = secureDigits.begin(maxDigits);
  explain();
  const { outcome, reference, count } = await entry;
  recording.release('digits');
  log.append({ type: 'digits.captured', data: { reference, count, outcome, atMs: offsetMs() } });
  if (outcome === 'entered') return done({ reference, digits: count }, () => true);
  return { outcome: { status: 'refused', ...GAVE_UP[outcome] }, needsReply: () => true };
}
