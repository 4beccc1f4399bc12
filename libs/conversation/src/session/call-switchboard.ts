import type { CallParts } from './call-parts.ts';
import { closeCall } from './call-closing.ts';
import type { CallSignal } from './call-signals.ts';

/** The consequences of each signal, in order. */
const ON: {
  readonly [Kind in CallSignal['kind']]: (
    parts: CallParts,
    signal: Extract<CallSignal, { kind: Kind }>,
  ) => void;
} = {
  // The agent's sound

  'playout-begins': ({ wait, idle }) => {
    wait.busy();
    idle.busy();
  },
  'response-audible': ({ latency, answers, confirmations, phrases }, { responseId }) => {
    if (!phrases.isCanned(responseId)) confirmations.agentSpeaks();
    latency.written(responseId);
    answers.answered();
  },
  'response-heard': ({ latency }, { responseId }) => latency.heardFirst(responseId),
  'item-finished': ({ agentTranscript, phrases }, { item }) => {
    const heard = agentTranscript.agentHeard(item);
    phrases.itemFinished(item, heard);
  },
  'playout-idle': ({ ending, transfer, turns }) => {
    if (!ending.isSayingGoodbye && !transfer.isPending) turns.isProtected = false;
    turns.playoutIdle();
    if (turns.isCallerSpeaking && ending.withdrawGoodbye()) turns.isProtected = false;
  },

  // Turns

  'floor-quiet': ({ ending, transfer, answers, wait, late, secureDigits, idle, model }) => {
    ending.quiet();
    if (ending.isOver) return;
    transfer.quiet();
    if (transfer.isPending) return;
    answers.quiet();
    wait.quiet();
    if (secureDigits.isOn || late.tell() || wait.isWaiting) return;
    idle.quiet();
    model.session?.onIdle();
  },
  'caller-talks-on': ({ transfer, ending }) => {
    transfer.talkedOver();
    ending.talkedOver();
  },
  'caller-sounds': ({ wait }) => wait.busy(),
  'caller-wordless': ({ callerTranscript, confirmations, idle }, { itemId }) => {
    confirmations.callerStopped(itemId, false);
    callerTranscript.nothingSaid(itemId);
    idle.wordless(itemId);
  },
  'words-given-up': ({ confirmations, idle }, { itemId }) => {
    confirmations.callerStopped(itemId, true);
    idle.callerSaid(itemId, true);
  },
  'agent-interrupted': ({ phrases, model, latency, agent }, { cut, tookMs, times }) => {
    for (const { itemId, heardMs } of cut)
      if (!phrases.isCanned(itemId)) model.session?.truncate(itemId, heardMs);
    latency.interrupted(tookMs, cut[0]?.itemId);
    agent.interrupted(times);
  },

  // Words for the caller and the model

  'phrase-due': ({ phrases }, { text }) => phrases.speakPhrase(text),
  'speech-due': ({ turns }, { request }) => turns.speak(request),
  'note-due': ({ model }, { text }) => model.session?.addNote(text),

  // The agent's settings

  'agent-changed': ({ tools, mic, model }, { change }) => {
    if (change.tools) tools.setTools(change.tools);
    if (change.noiseReduction) mic.confirm(change.noiseReduction);
    model.session?.change(change);
  },
  'mic-distance-chosen': ({ agent }, { distance }) => agent.apply({ noiseReduction: distance }, 'tool'),
  'language-noticed': ({ agent }, { language }) => agent.apply({ language }, 'detection'),

  // Tools and keys

  'tools-began': ({ idle, wait }) => {
    idle.busy();
    wait.began();
  },
  'tools-done': ({ wait }) => wait.ended(),
  'tool-finished': ({ answers, agent }, { name, outcome }) => {
    answers.progressed();
    agent.toolFinished(name, outcome);
  },
  'tool-finished-late': ({ late, agent }, { name, outcome }) => {
    late.add(name, outcome);
    agent.toolFinished(name, outcome);
  },
  'digits-entered': ({ model, turns }, { digits }) => {
    model.session?.addNote(`The caller pressed on the keypad: ${digits}`);
    turns.speak({ kind: 'reply' });
  },

  // Putting the caller through

  'transfer-announced': ({ turns, phrases }, { text }) => {
    turns.isProtected = true;
    phrases.speakPhrase(text);
  },
  'transfer-withdrawn': ({ turns, model }, { note }) => {
    turns.isProtected = false;
    model.session?.addNote(note);
  },
  'transfer-failed': ({ turns, phrases }, { text }) => {
    turns.isProtected = false;
    phrases.speakPhrase(text);
  },
  'transfer-stored': ({ ending }) => void ending.leave('transfer'),

  // Limits

  'idle-prompt-due': ({ phrases, agent }) => phrases.speakPhrase(agent.texts.idlePrompt),
  'idle-given-up': ({ farewell, agent }) => farewell.say('caller-silent', agent.texts.idleGoodbye),
  'limit-near': ({ model }, { why }) =>
    model.session?.addNote(`${why} Bring the call to an end now, without hurry.`),
  'limit-reached': ({ farewell, agent }, { reason }) => farewell.say(reason, agent.texts.timeGoodbye),

  // The end

  'call-over': (parts, { termination }) => void closeCall(parts, termination),
};

/** Does what follows from a signal, before it returns. */
export function dispatch(parts: CallParts, signal: CallSignal): void {
  const follow = ON[signal.kind] as (parts: CallParts, signal: CallSignal) => void;
  follow(parts, signal);
}
