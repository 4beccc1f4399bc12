import { describe, expect, it } from '@jest/globals';
import { scrub } from './scrub.ts';

describe('a log line', () => {
  it.each([
    ['number +12025550123 not found', 'number [phone] not found'],
    ['call from +44 20 7946 0018 failed', 'call from [phone] failed'],
    ['no such user alex.morgan@example.com.', 'no such user [mail].'],
    ['Bearer eyJhbGciOiJIUzI1NiJ9.eyJjIjoxfQ.c2ln', 'Bearer [token]'],
    ['key sk-proj-abcdef123456', 'key [key]'],
    ['connect redis://:hunter2@localhost:6379 failed', 'connect redis://[credentials]@localhost:6379 failed'],
    ['postgres://tandem:pw@db/tandem', 'postgres://[credentials]@db/tandem'],
  ])('loses what is nobody’s business: %s', (line, clean) => {
    expect(scrub(line)).toBe(clean);
  });

  it('keeps what it needs to be useful', () => {
    const line = '{"level":"info","time":"2026-11-21T07:00:00.000+00:00","callId":"c3f2a0de-41c6-4b7c-8f65-2f1f3f3f7b01","port":8080,"msg":"call taken"}';
    expect(scrub(line)).toBe(line);
  });
});
