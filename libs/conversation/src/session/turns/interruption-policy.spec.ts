import { describe, expect, it } from '@jest/globals';
import { DEFAULT_TEXTS, interruptionSchema } from '@tandem/contracts';
import { isBackchannel, wordCount } from './backchannels.ts';
import {
  interruptionPolicy,
  turnOwnerFor,
  type Overlap,
  type InterruptionDecision,
} from './interruption-policy.ts';

const texts = DEFAULT_TEXTS.en!;
const overlap = (changes: Partial<Overlap> = {}): Overlap => ({
  spokenMs: 0,
  text: '',
  isOver: false,
  isFinal: false,
  ...changes,
});
const verdicts = (
  settings: Parameters<typeof interruptionSchema.parse>[0],
  ...course: Partial<Overlap>[]
): InterruptionDecision[] => {
  const policy = interruptionPolicy(interruptionSchema.parse(settings), texts);
  return course.map((moment) => policy.decide(overlap(moment)));
};

describe('an interruption', () => {
  it('on speech is one at the first sound', () => {
    expect(verdicts({}, {})).toEqual(['interrupt']);
  });

  it('after some time is none before, and none if the caller stops by then', () => {
    const settings = { start: { kind: 'after-ms', ms: 400 } };
    expect(verdicts(settings, {}, { spokenMs: 399 }, { spokenMs: 400 })).toEqual([
      'wait',
      'wait',
      'interrupt',
    ]);
    expect(verdicts(settings, { spokenMs: 300, isOver: true })).toEqual(['ignore']);
  });

  it(
    'after some words counts them as they are told, and waits for the last ones when the caller is silent ' +
      'again',
    () => {
      const settings = { start: { kind: 'after-words', words: 3 } };
      expect(verdicts(settings, {}, { text: 'no, not' }, { text: 'no, not that' })).toEqual([
        'wait',
        'wait',
        'interrupt',
      ]);
      expect(
        verdicts(settings, { text: 'no', isOver: true }, { text: 'no', isOver: true, isFinal: true }),
      ).toEqual(['wait', 'ignore']);
    },
  );

  it('never is never', () => {
    expect(verdicts({ start: { kind: 'never' } }, { spokenMs: 60_000, text: 'listen to me now' })).toEqual([
      'ignore',
    ]);
  });

  it('by a sound of listening is ignored; a longer one or more words take the floor', () => {
    const settings = { ignoresBackchannels: true };
    expect(
      verdicts(
        settings,
        {},
        { spokenMs: 300, text: 'mhm' },
        { spokenMs: 400, text: 'Mhm, yes.', isOver: true, isFinal: true },
      ),
    ).toEqual(['wait', 'wait', 'ignore']);
    expect(verdicts(settings, { spokenMs: 300, text: 'yes but' })).toEqual(['interrupt']);
    expect(verdicts(settings, { spokenMs: 900 })).toEqual(['interrupt']);
    expect(verdicts(settings, { spokenMs: 200, isOver: true, isFinal: true })).toEqual(['ignore']);
  });
});

describe('who answers', () => {
  it('is the model only when every sound interrupts and false starts do not matter', () => {
    expect(turnOwnerFor(interruptionSchema.parse({}))).toBe('model');
    for (const settings of [
      { start: { kind: 'after-ms', ms: 200 } },
      { start: { kind: 'never' } },
      { ignoresBackchannels: true },
      { afterFalseStart: 'resume' },
    ]) {
      expect(turnOwnerFor(interruptionSchema.parse(settings))).toBe('session');
    }
  });
});

describe('a sound of listening', () => {
  it.each([
    ['mhm', true],
    ['Uh-huh. Okay!', true],
    ['I see, yes', true],
    ['yes please', false],
    ['', false],
    ['...', false],
  ])('%j: %s', (text, expected) => {
    expect(isBackchannel(text, texts.backchannels)).toBe(expected);
  });

  it('is known in other languages', () => {
    expect(isBackchannel('Ach so, verstehe', DEFAULT_TEXTS.de!.backchannels)).toBe(true);
    expect(wordCount('Das weiß ich nicht')).toBe(4);
  });
});
