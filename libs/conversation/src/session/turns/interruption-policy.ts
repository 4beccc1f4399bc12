import type { AgentTexts, InterruptionSettings } from '@tandem/contracts';
import { isBackchannel, wordCount } from './backchannels.ts';

/** Speech of the caller while the agent speaks. */
export interface Overlap {
  /** Audible speech in ms, without the silence that marks its end. */
  readonly spokenMs: number;
  /** The words so far; empty while none are known. */
  readonly text: string;
  /** The caller is silent again. */
  readonly isOver: boolean;
  /** No more words will come. */
  readonly isFinal: boolean;
}

export type InterruptionDecision = 'interrupt' | 'ignore' | 'wait';

/** Decides whether the caller takes the floor: at the start, with each sound and word, and at the end. */
export interface InterruptionPolicy {
  decide(overlap: Overlap): InterruptionDecision;
}

/** A sound of listening is shorter than this. */
const LONGEST_BACKCHANNEL_MS = 900;

const onSpeech: InterruptionPolicy = { decide: () => 'interrupt' };

const never: InterruptionPolicy = { decide: () => 'ignore' };

const afterMs = (ms: number): InterruptionPolicy => ({
  decide: ({ spokenMs, isOver }) => (spokenMs >= ms ? 'interrupt' : isOver ? 'ignore' : 'wait'),
});

const afterWords = (words: number): InterruptionPolicy => ({
  decide: ({ text, isFinal }) => (wordCount(text) >= words ? 'interrupt' : isFinal ? 'ignore' : 'wait'),
});

const unlessBackchannel = (
  inner: InterruptionPolicy,
  backchannels: readonly string[],
): InterruptionPolicy => ({
  decide: (overlap) => {
    const { text, spokenMs, isFinal } = overlap;
    if (isFinal && (text.trim() === '' || isBackchannel(text, backchannels))) return 'ignore';
    if (spokenMs < LONGEST_BACKCHANNEL_MS && (text.trim() === '' || isBackchannel(text, backchannels)))
      return 'wait';
    return inner.decide(overlap);
  },
});

const START: {
  readonly [Kind in InterruptionSettings['start']['kind']]: (
    start: Extract<InterruptionSettings['start'], { kind: Kind }>,
  ) => InterruptionPolicy;
} = {
  'on-speech': () => onSpeech,
  'after-ms': ({ ms }) => afterMs(ms),
  'after-words': ({ words }) => afterWords(words),
  never: () => never,
};

export function interruptionPolicy(
  { start, ignoresBackchannels }: InterruptionSettings,
  { backchannels }: Pick<AgentTexts, 'backchannels'>,
): InterruptionPolicy {
  const policy = (START[start.kind] as (start: InterruptionSettings['start']) => InterruptionPolicy)(start);
  return ignoresBackchannels ? unlessBackchannel(policy, backchannels) : policy;
}

/**
 * Returns who answers and interrupts: the model itself, which is fastest, or this session. The session must
 * do it when not every sound of the caller is an interruption, or when false starts count, as the model's
 * voice activity detection knows no words.
 */
export function turnOwnerFor({
  start,
  ignoresBackchannels,
  afterFalseStart,
  protectsGreeting,
}: InterruptionSettings): 'model' | 'session' {
  return start.kind === 'on-speech' && !ignoresBackchannels && !protectsGreeting && afterFalseStart === 'drop'
    ? 'model'
    : 'session';
}
