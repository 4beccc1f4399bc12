import { describe, expect, it } from '@jest/globals';
import type { ToolOutcome } from '@tandem/contracts';
import { validateOutcome } from './tool-outcome.ts';

const booked = { status: 'ok', value: { reference: 'ABC' } } as const;

describe('the outcome of a handler', () => {
  it('is kept as it is, with its change', () => {
    const outcome = { ...booked, change: { instructions: 'Be brief.', language: 'es' } };
    expect(validateOutcome(outcome)).toEqual({ outcome, problem: null });
  });

  it.each([
    ['a language that is none', { language: '!!' }, 'change.language'],
    ['an impossible pace', { speed: 99 }, 'change.speed'],
    ['instructions as long as a book', { instructions: 'x'.repeat(32_001) }, 'change.instructions'],
    ['what agents do not have', { temperature: 2 }, 'change'],
  ])('is told without a change to %s', (_what, change, where) => {
    const { outcome, problem } = validateOutcome({ ...booked, change } as unknown as ToolOutcome);
    expect(outcome).toEqual(booked);
    expect(problem).toContain(where);
  });

  it('that is malformed has failed, and its values are not reported', () => {
    const { outcome, problem } = validateOutcome({
      status: 'done',
      secret: 'Alex',
    } as unknown as ToolOutcome);
    expect(outcome).toEqual({ status: 'failed', code: 'unreadable-outcome', retryable: false });
    expect(problem).not.toContain('Alex');
  });
});
