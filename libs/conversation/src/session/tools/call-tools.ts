import { shownNumber, type CallToolName, type JsonValue, type ToolOutcome } from '@tandem/contracts';
import type { NoiseReduction } from '../../ports/voice-model.ts';
import type { ModelToolCall } from '../../ports/model-session-listener.ts';
import type { AgentState } from '../agent/agent-state.ts';
import type { MicDistance } from '../agent/mic-distance.ts';
import type { CallContext } from '../call-context.ts';
import type { CallEnding } from '../call-ending.ts';
import type { CallRecording } from '../history/call-recording.ts';
import type { CannedPhrases } from '../speech/canned-phrases.ts';
import type { Playout } from '../speech/playout.ts';
import type { TurnTaking } from '../turns/turn-taking.ts';
import type { DigitInput } from './digit-input.ts';
import type { DigitCaptureOutcome, SecureDigits } from './secure-digits.ts';
import type { Transfer, TransferRequest } from './transfer.ts';

/** The parts of a call that its own tools command. */
export interface CallToolParts {
  readonly context: CallContext;
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
}

/** The result of a tool with place `call`. */
export interface CallToolResult {
  readonly outcome: ToolOutcome;
  /** Returns whether the model must speak on; called once the response that called the tool is done. */
  readonly needsReply: () => boolean;
}

type CallTool = (
  parts: CallToolParts,
  input: never,
  asked: ModelToolCall,
) => CallToolResult | Promise<CallToolResult>;

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

/** A tool the caller need not hear of: needs a reply only when its response said nothing. */
const unlessSpoken =
  ({ playout }: CallToolParts, { responseId }: ModelToolCall) =>
  () =>
    !playout.hasSpoken(responseId);

interface StatedConsent {
  readonly consent: 'granted' | 'refused';
  readonly purpose?: 'recording' | 'result-by-text';
}

function agreeToText(
  parts: CallToolParts,
  state: StatedConsent['consent'],
  asked: ModelToolCall,
): CallToolResult {
  const { call, log, atMs } = parts.context;
  if (shownNumber(call.callerNumber) === null)
    return {
      outcome: {
        status: 'refused',
        reason: 'no-number',
        detail: 'The caller shows no number, so no text message can be sent. Do not offer one.',
      },
      needsReply: () => true,
    };
  log.append({ type: 'consent.stated', data: { purpose: 'result-by-text', state, atMs: atMs() } });
  return done({ texted: state === 'granted' }, unlessSpoken(parts, asked));
}

/** The tools with place `call`, by the names of their declarations. */
export const CALL_TOOLS: Readonly<Record<CallToolName, CallTool>> = {
  end_call: (parts, _input, asked) => {
    parts.turns.isProtected = true;
    parts.ending.sayGoodbye('agent-goodbye');
    return done(
      { next: 'Say one short goodbye. The line closes when it has been heard.' },
      unlessSpoken(parts, asked),
    );
  },
  transfer_call: ({ transfer }, request: TransferRequest) => ({
    outcome: transfer.begin(request),
    needsReply: () => !transfer.isPending,
  }),
  update_mic_distance: (parts, { distance }: { distance: NoiseReduction }, asked) =>
    done({ changed: parts.mic.set(distance) }, unlessSpoken(parts, asked)),
  switch_language: ({ agent }, { language }: { language: string }) => {
    agent.apply({ language }, 'tool');
    return done({ language: agent.language, next: 'Go on in this language.' }, () => true);
  },
  record_consent: (parts, { consent, purpose }: StatedConsent, asked) => {
    const { recording } = parts;
    if (purpose === 'result-by-text') return agreeToText(parts, consent, asked);
    if (!recording.isPossible)
      return {
        outcome: {
          status: 'refused',
          reason: 'not-recorded',
          detail: 'This call is not recorded, whatever the caller says. Go on.',
        },
        needsReply: () => true,
      };
    recording.stated(consent);
    return done({ recorded: consent === 'granted' }, unlessSpoken(parts, asked));
  },
  collect_digits: async (
    { context, agent, phrases, digits, secureDigits, recording },
    input: { max_digits: number },
  ) => {
    recording.pause('digits');
    digits.forget(); // Keys typed too early belong to this entry.
    const entry = secureDigits.begin(input.max_digits);
    phrases.speakPhrase(agent.texts.secureDigits);
    const { outcome, reference, count } = await entry;
    recording.resume('digits');
    context.log.append({
      type: 'digits.captured',
      data: { reference, count, outcome, atMs: context.atMs() },
    });
    if (outcome === 'entered') return done({ reference, digits: count }, () => true);
    return { outcome: { status: 'refused', ...GAVE_UP[outcome] }, needsReply: () => true };
  },
};

/** Carries out the tools with place `call` on these parts; returns null for a tool without implementation. */
export function callTools(
  parts: CallToolParts,
): (asked: ModelToolCall, input: JsonValue) => CallToolResult | Promise<CallToolResult> | null {
  return (asked, input) =>
    Object.hasOwn(CALL_TOOLS, asked.name)
      ? CALL_TOOLS[asked.name as CallToolName](parts, input as never, asked)
      : null;
}
