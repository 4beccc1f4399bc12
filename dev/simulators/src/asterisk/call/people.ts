import type { CalleeScript, PersonHandle } from './callee.ts';

interface PersonOptions {
  /** Time of ringing before the answer, in simulated ms. Default 1000. */
  readonly ringMs?: number;
  /** Time from the question to the key, in simulated ms. Default 1000. */
  readonly listenMs?: number;
  /** Time they talk once connected, in simulated ms. Default 5000. */
  readonly talkMs?: number;
}

async function happens(person: PersonHandle, kind: 'reading-keys' | 'bridged'): Promise<void> {
  await Promise.race([person.journal.first(kind), person.gone]);
}

function answering(
  { ringMs = 1000, listenMs = 1000, talkMs = 5000 }: PersonOptions,
  answer: (person: PersonHandle) => void,
): CalleeScript {
  return {
    outcome: 'answer',
    ringMs,
    onAnswer: async (person) => {
      await happens(person, 'reading-keys');
      await person.sleepWhileAlive(listenMs);
      if (!person.hasEnded) answer(person);
      await happens(person, 'bridged');
    },
    actions: [{ afterMs: talkMs, hangup: true }],
  };
}

/** Ready-made callees of an Asterisk. With a whisper they answer it; without one they just talk. */
export const ASTERISK_PEOPLE = {
  /** Presses 1. */
  acceptsByKey: (options: PersonOptions = {}) => answering(options, (person) => person.press('1')),
  /** Presses 2. */
  declines: (options: PersonOptions = {}) => answering(options, (person) => person.press('2')),
  /** Picks up and hangs up during the whisper. */
  hangsUpInWhisper: (options: PersonOptions = {}) => answering(options, (person) => person.hangup()),
  /** Picks up and presses nothing, as a voicemail does. */
  voicemail: ({ ringMs = 1000 }: PersonOptions = {}): CalleeScript => ({ outcome: 'answer', ringMs }),
  /** Picks up and talks at once. */
  talks: ({ ringMs = 1000, talkMs = 5000 }: PersonOptions = {}): CalleeScript => ({
    outcome: 'answer',
    ringMs,
    actions: [{ afterMs: talkMs, hangup: true }],
  }),
  neverAnswers: (): CalleeScript => ({ outcome: 'no-answer' }),
  busy: (): CalleeScript => ({ outcome: 'busy', ringMs: 500 }),
} as const;
