import { baseLanguage, type AgentSnapshot, type ResponseId, type Termination } from '@tandem/contracts';
import type { CallLog } from '../ports/call-log.ts';
import type { PhraseKey } from '../ports/phrase-cache.ts';
import type { NoiseReduction, VoiceModelSession } from '../ports/voice-model.ts';
import { AgentState } from './agent/agent-state.ts';
import { WHOLE_BUDGET } from './limits/call-budget.ts';
import { CallEnding } from './call-ending.ts';
import { offsetMs, toolContext } from './call-info.ts';
import type { CallSessionParts } from './call-session.ts';
import { CallRecording } from './history/call-recording.ts';
import { callTools } from './tools/call-tools.ts';
import { CallWatch } from './limits/call-watch.ts';
import { CallerTurns } from './turns/caller-turns.ts';
import { DigitInput } from './tools/digit-input.ts';
import { HoldMusic } from './speech/hold-music.ts';
import { interruptionPolicy } from './turns/interruption-policy.ts';
import { LanguageWatch } from './agent/language-watch.ts';
import { MicDistance } from './agent/mic-distance.ts';
import { Playout } from './speech/playout.ts';
import { SecureDigits } from './tools/secure-digits.ts';
import { CannedPhrases } from './speech/canned-phrases.ts';
import { ToolLoop } from './tools/tool-loop.ts';
import { ToolWait } from './tools/tool-wait.ts';
import { Transcript, type SpokenItem } from './history/transcript.ts';
import { Transfer, type TransferParts } from './tools/transfer.ts';
import { TurnLatency } from './turns/turn-latency.ts';
import { TurnTaking, type TurnTakingRules } from './turns/turn-taking.ts';

/** What the session answers when its parts tell it something that concerns several of them. */
export interface CallHooks {
  /** The model session of now; null before there is one. */
  readonly model: () => VoiceModelSession | null;
  readonly agentBegins: () => void;
  readonly agentStarted: (responseId: ResponseId) => void;
  readonly itemFinished: (item: SpokenItem) => void;
  readonly playoutIdle: () => void;
  readonly quiet: () => void;
  readonly ended: (termination: Termination) => void;
  /** A person is to go on with the call. */
  readonly putThrough: () => void;
}

export type CallParts = ReturnType<typeof assembleCall>;

/**
 * The parts of one call, each knowing those it needs. Made once, at the start; who tells whom what is all
 * here.
 */
export function assembleCall(given: CallSessionParts, log: CallLog, hooks: CallHooks) {
  const { call, stream, clock, declarationsFor } = given;
  const model = () => hooks.model() as VoiceModelSession;
  const atMs = () => offsetMs(call, clock);
  const note = (text: string): void => hooks.model()?.addNote(text);

  const agent: AgentState = new AgentState(
    call,
    {
      log,
      clock,
      declarationsFor,
      onChange: (change) => {
        if (change.tools) tools.setTools(change.tools);
        if (change.noiseReduction) mic.confirm(change.noiseReduction);
        hooks.model()?.change(change);
      },
    },
    given.takeover?.agent,
  );
  const transcript = new Transcript(call, log, clock, (itemId) => watch.idle.callerSaid(itemId, true));
  const latency = new TurnLatency(log, clock, clock.now());
  const playout: Playout = new Playout(stream, atMs, {
    playingBegins: hooks.agentBegins,
    itemFinished: hooks.itemFinished,
    responseStarted: hooks.agentStarted,
    heardFirst: (responseId) => latency.heardFirst(responseId),
    idle: hooks.playoutIdle,
  });
  const turns: TurnTaking = new TurnTaking(
    model,
    playout,
    clock,
    turnRules(agent, call.agent, () => transcript.hasAsked(playout.hearing())),
    {
      quiet: hooks.quiet,
      talkedOver: () => {
        transfer.talkedOver();
        ending.talkedOver();
      },
      callerActive: () => wait.busy(),
      nothingSaid: (itemId) => {
        transcript.nothingSaid(itemId);
        watch.idle.wordless(itemId);
      },
      interrupted: (cut, tookMs) => {
        for (const { itemId, heardMs } of cut)
          if (!phrases.isPhrase(itemId)) hooks.model()?.truncate(itemId, heardMs);
        latency.interrupted(tookMs);
        agent.interrupted(turns.interruptions);
      },
    },
  );
  const phrases: CannedPhrases = new CannedPhrases({
    cache: given.phrases ?? null,
    keyOf: (text) => phraseKey(text, given, agent, hooks.model()),
    playout: () => playout,
    transcript,
    speak: (request) => turns.speak(request),
    note,
  });
  const ending = new CallEnding(call, log, clock, hooks.ended);
  const transfer: Transfer = new Transfer(call, {
    log,
    clock,
    texts: () => agent.texts,
    leave: hooks.putThrough,
    ...transferWords(turns, phrases, note),
  });
  const watch: CallWatch = new CallWatch({
    call,
    log,
    clock,
    agent,
    turns,
    phrases,
    ending,
    budgetLeft: given.takeover?.budget ?? WHOLE_BUDGET,
    note,
  });
  const wait: ToolWait = toolWait(given, agent, turns, phrases);
  const digits = new DigitInput(clock, (entered) => {
    note(`The caller pressed on the keypad: ${entered}`);
    turns.speak({ kind: 'reply' });
  });
  const secureDigits = new SecureDigits(clock);
  const mic: MicDistance = new MicDistance(firstMicDistance(call.agent, agent), clock, (noiseReduction) =>
    agent.apply({ noiseReduction }, 'tool'),
  );
  const recording = new CallRecording(
    call,
    given.recording ?? null,
    log,
    atMs,
    given.takeover?.recording ?? null,
  );
  const own = callTools({
    agent,
    ending,
    transfer,
    playout,
    turns,
    phrases,
    mic,
    digits,
    secureDigits,
    recording,
    log,
    offsetMs: atMs,
  });
  const tools: ToolLoop = new ToolLoop(call, agent.tools, own, given.toolCaller, model, {
    log,
    clock,
    context: () =>
      toolContext(call, {
        language: agent.language,
        keypad: digits.lastEntry,
        secureDigits: secureDigits.values,
      }),
    calledBefore: given.takeover?.toolCalls ?? 0,
    reply: () => turns.speak({ kind: 'reply' }),
    waiting: (isWaiting) => {
      if (!isWaiting) return wait.ended();
      watch.idle.busy();
      wait.began();
    },
    finished: (name, outcome) => {
      watch.answers.progressed();
      agent.toolFinished(name, outcome);
    },
  });
  const caller = new CallerTurns({
    transcript,
    latency,
    turns,
    languages: languageWatch(given, agent),
    idle: watch.idle,
    language: () => agent.language,
  });
  return {
    agent,
    caller,
    transcript,
    latency,
    playout,
    turns,
    phrases,
    ending,
    transfer,
    watch,
    wait,
    digits,
    secureDigits,
    mic,
    recording,
    tools,
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

function toolWait(
  { call, stream, clock, music: tune }: CallSessionParts,
  agent: AgentState,
  turns: TurnTaking,
  phrases: CannedPhrases,
): ToolWait {
  const music = new HoldMusic(stream, clock, tune ?? (() => new Uint8Array(0)));
  return new ToolWait(call.agent.toolWait, clock, {
    isFloorFree: () => turns.isQuiet,
    fillers: () => agent.texts.fillers,
    say: (text) => phrases.speakPhrase(text),
    startMusic: () => music.start(),
    stopMusic: () => music.stop(),
  });
}

function languageWatch({ call, detectLanguage }: CallSessionParts, agent: AgentState): LanguageWatch {
  const spoken = [...new Set([call.agent.language, ...Object.keys(call.agent.texts)].map(baseLanguage))];
  return new LanguageWatch(detectLanguage ?? null, spoken, (language) =>
    agent.apply({ language }, 'detection'),
  );
}

function firstMicDistance({ model }: AgentSnapshot, { carriedSettings }: AgentState): NoiseReduction {
  return carriedSettings.noiseReduction ?? (model.kind === 'openai-realtime' ? model.noiseReduction : 'off');
}

/** Words by who would say them now: a call that has come down the ladder speaks with another voice. */
function phraseKey(
  text: string,
  { call, stream, model }: CallSessionParts,
  { language, speed }: AgentState,
  session: VoiceModelSession | null,
): PhraseKey {
  const { agentId, agentVersion, variantKey, model: settings } = call.agent;
  const { provider, voice } = session ?? { provider: model.provider, voice: settings.voice };
  return { agentId, agentVersion, variantKey, provider, voice, speed, language, format: stream.format, text };
}

/** How the agent speaks of putting a caller through: to the end, and then as before. */
function transferWords(
  turns: TurnTaking,
  phrases: CannedPhrases,
  note: (text: string) => void,
): Pick<TransferParts, 'announce' | 'withdrawn' | 'failed'> {
  return {
    announce: (text) => {
      turns.isProtected = true;
      phrases.speakPhrase(text);
    },
    withdrawn: (why) => {
      turns.isProtected = false;
      note(why);
    },
    failed: (text) => {
      turns.isProtected = false;
      phrases.speakPhrase(text);
    },
  };
}
