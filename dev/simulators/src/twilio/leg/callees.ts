import { mulawTone } from '@tandem/kit';
import type { CallHandle } from './call-handle.ts';
import type { CallEntry } from './call-report.ts';
import type { CalleeScript } from './callee.ts';

interface PersonOptions {
  /** Time of ringing before the answer, in simulated ms. Default 1000. */
  readonly ringMs?: number;
  /** Time they listen to the question before they answer, in simulated ms. Default 1000. */
  readonly listenMs?: number;
  /** Time they talk once connected, in simulated ms. Default 5000. */
  readonly talkMs?: number;
}

/** Resolves when the leg has had an entry of this kind, or is over. */
async function happens(leg: CallHandle, isIt: (entry: CallEntry) => boolean): Promise<void> {
  if (leg.report().timeline.some(isIt)) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  const stop = leg.listen((entry) => {
    if (isIt(entry)) resolve();
  });
  await Promise.race([promise, leg.leftDocument]);
  stop();
}

/** The leg is asked for a key or a word. */
const isAsked = (entry: CallEntry): boolean => entry.kind === 'verb' && entry.name === 'Gather';
const isBridged = ({ kind }: CallEntry): boolean => kind === 'bridged';

function answering(
  { ringMs = 1000, listenMs = 1000, talkMs = 5000 }: PersonOptions,
  answer: (leg: CallHandle) => void | Promise<unknown>,
): CalleeScript {
  return {
    outcome: 'answer',
    ringMs,
    onAnswer: async (leg) => {
      await happens(leg, isAsked);
      await leg.sleepWhileAlive(listenMs);
      if (!leg.hasEnded) await answer(leg);
      // With simulated time faster than real time, connecting may take longer than the talk itself.
      await happens(leg, isBridged);
    },
    actions: [{ afterMs: talkMs, hangup: true }],
  };
}

/** Returns an action that speaks in real time; `text` is what a recogniser would return. */
const saying = (text: string, ms: number) => (leg: CallHandle) => leg.say(mulawTone(250, ms), { text });

/** Ready-made callees. With a whisper they answer it; without one they just talk. */
export const PEOPLE = {
  /** Presses 1. */
  acceptsByKey: (options: PersonOptions = {}) => answering(options, (leg) => leg.press('1')),
  /** Accepts by saying so. */
  acceptsBySpeech: (options: PersonOptions = {}) => answering(options, saying('Accept.', 600)),
  /** Presses 2. */
  declines: (options: PersonOptions = {}) => answering(options, (leg) => leg.press('2')),
  /** Picks up and hangs up during the whisper. */
  hangsUpInWhisper: (options: PersonOptions = {}) => answering(options, (leg) => leg.hangup()),
  /** Picks up, plays its greeting over the whisper, and records until the line is silent. */
  voicemail: (options: PersonOptions = {}) =>
    answering(
      { talkMs: 30_000, ...options },
      saying('Hi, you have reached Sam. We cannot accept your call right now. Please leave a message.', 2500),
    ),
  /** Picks up and talks at once, with or without a whisper. */
  talks: ({ ringMs = 1000, talkMs = 5000 }: PersonOptions = {}): CalleeScript => ({
    outcome: 'answer',
    ringMs,
    actions: [{ afterMs: talkMs, hangup: true }],
  }),
  neverAnswers: (): CalleeScript => ({ outcome: 'no-answer' }),
  busy: (): CalleeScript => ({ outcome: 'busy', ringMs: 500 }),
} as const;
