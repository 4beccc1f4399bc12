import type { Scenario, ScenarioTurn } from './scenario.ts';

const say = (text: string): ScenarioTurn => ({ when: 'agent-finished', do: { say: text } });
const HANG_UP: ScenarioTurn = { when: 'agent-finished', do: { hangup: true } };

/** The scenarios that ship with the simulator. */
export const SCENARIOS: readonly Scenario[] = [
  {
    name: 'greeting',
    description: 'Listens to the greeting, asks one question, says goodbye.',
    turns: [say('Hello, what are your opening hours?'), say('Thank you, goodbye.'), HANG_UP],
    expect: { minAgentTurns: 2 },
  },
  {
    name: 'booking',
    description: 'Books an appointment for tomorrow at ten and confirms it.',
    turns: [
      say('Hello, I would like to book an appointment.'),
      say('Tomorrow at ten in the morning.'),
      say('Yes, please.'),
      say('Thank you, goodbye.'),
      HANG_UP,
    ],
    expect: { minAgentTurns: 4 },
  },
  {
    name: 'interruption',
    description: 'Cuts the agent short in the middle of a sentence.',
    turns: [
      { when: { agentSpeakingMs: 800 }, do: { say: 'Sorry, just a quick question.' } },
      say('Do you have time on Friday?'),
      HANG_UP,
    ],
    expect: { minInterruptions: 1, maxInterruptionMs: 1000 },
  },
  {
    name: 'keypad',
    description: 'Answers with keys instead of words.',
    turns: [
      { when: 'agent-finished', do: { press: '1' } },
      { when: 'agent-finished', do: { press: '4711#' } },
      HANG_UP,
    ],
    expect: { minAgentTurns: 2 },
  },
  {
    name: 'operator',
    description: 'Asks for a human and stays on the line.',
    turns: [say('I want to speak to a human, please.'), { when: { afterMs: 20_000 }, do: { hangup: true } }],
    expect: { minAgentTurns: 1, isPutThrough: true },
  },
  {
    name: 'silent',
    description: 'Says nothing at all and waits.',
    turns: [{ when: { afterMs: 45_000 }, do: { hangup: true } }],
    expect: { minAgentTurns: 1 },
  },
  {
    name: 'hasty',
    description: 'Hangs up while the agent is still greeting.',
    turns: [{ when: { agentSpeakingMs: 500 }, do: { hangup: true } }],
    expect: { endedBy: ['hangup-by-party'] },
  },
];

export function findScenario(name: string): Scenario | undefined {
  return SCENARIOS.find((scenario) => scenario.name === name);
}
