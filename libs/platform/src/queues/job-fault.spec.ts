import { describe, expect, it } from '@jest/globals';
import { DelayedError, UnrecoverableError } from 'bullmq';
import { jobFault } from './job-fault.ts';

describe('the error of a job in Redis', () => {
  it('has name and code of the original, and none of its words', () => {
    const original = Object.assign(new RangeError('ada@example.com is out of range'), { code: 'E_RANGE' });
    const fault = jobFault(original);
    expect([fault.message, fault.cause]).toEqual(['RangeError: E_RANGE', original]);
    expect(fault.stack).not.toContain('ada');
  });

  it.each([
    ['a code with words in it', Object.assign(new Error('x'), { code: 'to ada@example.com' }), 'Error'],
    ['no error at all', 'ada@example.com', 'UnknownError'],
    ['a lost connection', new Error('Connection is closed.'), 'Connection is closed.'],
  ])('of %s is as short', (_what, original, message) => {
    expect(jobFault(original).message).toBe(message);
  });

  it.each([new DelayedError('x'), new UnrecoverableError('The job is not a tool call.')])(
    'is the original where that tells the queue what to do',
    (directive) => {
      expect(jobFault(directive)).toBe(directive);
    },
  );
});
