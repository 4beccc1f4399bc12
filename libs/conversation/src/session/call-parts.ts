import { sessionSettings, type AgentSnapshot, type ToolCallContext } from '@tandem/contracts';
import type { CallerStream } from '../ports/caller-stream.ts';
import type { NoiseReduction } from '../ports/voice-model.ts';
import { AgentState } from './agent/agent-state.ts';
import { LanguageWatch } from './agent/language-watch.ts';
import { MicDistance } from './agent/mic-distance.ts';
import type { CallContext } from './call-context.ts';
import { CallEnding } from './call-ending.ts';
import type { CallSessionParts } from './call-session-parts.ts';
import { AgentTranscript } from './history/agent-transcript.ts';
import { CallRecording } from './history/call-recording.ts';
import { CallerTranscript } from './history/caller-transcript.ts';
import { AnswerLimit } from './limits/answer-limit.ts';
import { CallBudget, WHOLE_BUDGET } from './limits/call-budget.ts';
import { DurationLimit } from './limits/duration-limit.ts';
import { Farewell } from './limits/farewell.ts';
import { IdleWatch } from './limits/idle-watch.ts';
import type { ModelSlot } from './model-slot.ts';
import { CannedPhrases } from './speech/canned-phrases.ts';
import { HoldMusic } from './speech/hold-music.ts';
import { phraseKey } from './speech/phrase-key.ts';
import { Playout } from './speech/playout.ts';
import { callTools, type CallToolParts } from './tools/call-tools.ts';
import { Confirmations } from './tools/confirmations.ts';
import { DigitInput } from './tools/digit-input.ts';
import { LateOutcomes } from './tools/late-outcomes.ts';
import { SecureDigits } from './tools/secure-digits.ts';
import { ToolLoop } from './tools/tool-loop.ts';
import { ToolWait } from './tools/tool-wait.ts';
import { Transfer } from './tools/transfer.ts';
import { interruptionPolicy } from './turns/interruption-policy.ts';
import { TurnLatency } from './turns/turn-latency.ts';
import { TurnTaking, type TurnTakingRules } from './turns/turn-taking.ts';

/** The parts of one call. */
export interface CallParts {
  readonly context: CallContext;
  readonly stream: CallerStream;
  readonly model: ModelSlot;
  readonly agent: AgentState;
  readonly languages: LanguageWatch;
  readonly mic: MicDistance;
  readonly callerTranscript: CallerTranscript;
  readonly agentTranscript: AgentTranscript;
  readonly recording: CallRecording;
  readonly latency: TurnLatency;
  readonly playout: Playout;
  readonly turns: TurnTaking;
  readonly phrases: CannedPhrases;
  readonly ending: CallEnding;
  readonly farewell: Farewell;
  readonly idle: IdleWatch;
  readonly duration: DurationLimit;
  readonly answers: AnswerLimit;
  readonly budget: CallBudget;
  readonly digits: DigitInput;
  readonly secureDigits: SecureDigits;
  readonly transfer: Transfer;
  readonly wait: ToolWait;
  readonly late: LateOutcomes;
  readonly confirmations: Confirmations;
  readonly tools: ToolLoop;
}

/**
 * Makes the parts of one call. A part is given those it asks or commands, all made before it; everything else
 * it tells by signal.
 */
export function assembleCall(given: CallSessionParts, context: CallContext): CallParts {
  const { call, clock } = context;
  const { stream, takeover } = given;
  const model: ModelSlot = { session: null };
  const agent = new AgentState(context, given.declarationsFor, takeover?.agent);
  const agentTranscript = new AgentTranscript(context);
  const playout = new Playout(context, stream);
  const hasAsked = () => agentTranscript.hasAsked(playout.hearing());
  const turns = new TurnTaking(context, model, playout, turnRules(agent, call.agent, hasAsked));
  const keyOf = (text: string) => {
    const { language, speed } = agent;
    const speaker = { agent: call.agent, language, speed, format: stream.format };
    return phraseKey(text, speaker, given.model, model.session);
  };
  const phrases = new CannedPhrases(context, given.phrases, keyOf, playout, agentTranscript);
  const ending = new CallEnding(context);
  const shared = {
    context,
    stream,
    model,
    agent,
    callerTranscript: new CallerTranscript(context),
    agentTranscript,
    playout,
    turns,
    phrases,
    ending,
    mic: new MicDistance(context, firstMicDistance(call.agent, agent)),
    recording: new CallRecording(context, given.recording, takeover?.recording),
    digits: new DigitInput(context),
    secureDigits: new SecureDigits(clock),
    transfer: new Transfer(context, agent),
  };
  const confirmations = new Confirmations(context);
  return {
    ...shared,
    confirmations,
    languages: new LanguageWatch(context, given.detectLanguage),
    latency: new TurnLatency(context, takeover?.history.isEmpty ?? true),
    farewell: new Farewell(turns, phrases, ending),
    idle: new IdleWatch(context, turns),
    duration: new DurationLimit(context),
    answers: new AnswerLimit(context),
    budget: new CallBudget(context, takeover?.budget ?? WHOLE_BUDGET),
    wait: new ToolWait(context, agent, turns, new HoldMusic(stream, clock, given.music)),
    late: new LateOutcomes(context, turns),
    tools: new ToolLoop(context, model, given.toolDispatcher, {
      declarations: agent.tools,
      carryOut: callTools(shared),
      confirmations,
      toolContext: () => toolContextOf(shared),
      calledBefore: takeover?.toolCalls ?? 0,
      usedBefore: takeover?.toolUses ?? new Map(),
    }),
  };
}

/** Returns what tools may know of the call by now. */
function toolContextOf({ context, agent, digits, secureDigits }: CallToolParts): ToolCallContext {
  const { callId, tenantId, callerNumber, dialledNumber, attestation, agent: snapshot } = context.call;
  return {
    callId,
    tenantId,
    callerNumber,
    dialledNumber,
    ...(attestation === undefined ? {} : { attestation }),
    timeZone: snapshot.timeZone,
    language: agent.language,
    keypad: digits.lastEntry,
    secureDigits: secureDigits.values,
  };
}

function turnRules(
  { texts: { backchannels } }: AgentState,
  { interruption }: AgentSnapshot,
  hasAsked: () => boolean,
): TurnTakingRules {
  return {
    settings: interruption,
    policy: interruptionPolicy(interruption, { backchannels }),
    backchannels,
    hasAsked,
  };
}

function firstMicDistance({ model }: AgentSnapshot, { carriedSettings }: AgentState): NoiseReduction {
  return carriedSettings.noiseReduction ?? sessionSettings(model).noiseReduction ?? 'off';
}
