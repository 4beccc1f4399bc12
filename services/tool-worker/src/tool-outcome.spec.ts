import { describe, expect, it } from '@jest/globals';
import type { ToolOutcome } from '@tandem/contracts';
import { readOutcome } from './tool-outcome.ts';

const booked = { status: 'ok', value: { reference: 'ABC' } } as const;

describe('what a handler answers', () => {
  it('goes on as it is, with the change it asks for', () => {
    const outcome = { ...booked, change: { instructions: 'Be brief.', language: 'es' } };
    expect(readOutcome(outcome)).toEqual({ outcome, problem: null });
  });

  it.each([
    ['a language that is none', { language: '!!' }, 'change.language'],
    ['a pace nobody can follow', { speed: 99 }, 'change.speed'],
    ['instructions as long as a book', { instructions: 'x'.repeat(32_001) }, 'change.instructions'],
    ['what agents do not have', { temperature: 2 }, 'change'],
  ])('is told without a change to %s', (_what, change, where) => {
    const { outcome, problem } = readOutcome({ ...booked, change } as unknown as ToolOutcome);
    expect(outcome).toEqual(booked);
    expect(problem).toContain(where);
  });

  it('that is no outcome has failed, and says nothing of its content', () => {
    const { outcome, problem } = readOutcome({ status: 'done', secret: 'Alex' } as unknown as ToolOutcome);
    expect(outcome).toEqual({ status: 'failed', code: 'unreadable-outcome', retryable: false });
    expect(problem).not.toContain('Alex');
  });
});
