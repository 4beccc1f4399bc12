import { describe, expect, it } from '@jest/globals';
import { talkUrlOf } from './talk-url.ts';

const PUBLIC_BASE_URL = 'https://voice.example.com';
const ASTERISK_SECRET = 'a secret of a PBX';
const LOCAL = 'http://localhost:8080/talk';
const PUBLIC = 'https://voice.example.com/talk';

describe('the address of the talk page', () => {
  it.each<[Record<string, string>, string | null]>([
    [{}, LOCAL],
    [{ PUBLIC_BASE_URL }, null],
    [{ ASTERISK_SECRET }, null],
    [{ TALK_PAGE: 'off' }, null],
    [{ TALK_PAGE: 'on', ASTERISK_SECRET }, LOCAL],
    [{ TALK_PAGE: 'on', PUBLIC_BASE_URL }, PUBLIC],
  ])('with %j is %s', (settings, expected) =>
    expect(talkUrlOf(settings, 'http://127.0.0.1:8080')).toBe(expected),
  );
});
