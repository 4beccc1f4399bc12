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
    [
      'https://host/path for wss://user:a:b/c@far and redis://x:y@z',
      'https://host/path for wss://[credentials]@far and redis://[credentials]@z',
    ],
    [
      'token-eyJhbGciOiJIUzI1NiJ9.eyJj.c2ln.rest, eyJhbGciOiJIUzI1NiJ9.eyJj and a.eyJhbGciOiJIUzI1NiJ9.b.c',
      'token-[token].rest, eyJhbGciOiJIUzI1NiJ9.eyJj and a.[token]',
    ],
    [
      'a.b+c@x.example.com.d@y.example, @z.example, e@localhost, f@@g.example',
      '[mail][mail], @z.example, e@localhost, f@@g.example',
    ],
    ['+12025550123+12025550166 +1 (202) 555-0123', '[phone][phone] [phone]'],
  ])('loses personal data and secrets: %s', (line, clean) => {
    expect(scrub(line)).toBe(clean);
  });

  it('keeps times, ids and ports', () => {
    const line = JSON.stringify({
      level: 'info',
      time: '2026-11-21T07:00:00.000+00:00',
      callId: 'c3f2a0de-41c6-4b7c-8f65-2f1f3f3f7b01',
      port: 8080,
      msg: 'call taken',
    });
    expect(scrub(line)).toBe(line);
  });
});
