import { describe, expect, it } from '@jest/globals';
import { isAllowedOrigin } from './allowed-origin.ts';

describe('a page that opens a stream', () => {
  it.each<[string | undefined, readonly string[] | undefined, boolean]>([
    ['http://localhost:8080', undefined, true],
    ['http://127.0.0.1:8080', undefined, true],
    ['http://[::1]:8080', undefined, true],
    ['https://localhost.evil.example', undefined, false],
    ['https://voice.example.com', undefined, false],
    ['null', undefined, false],
    ['', undefined, false],
    [undefined, undefined, true],
    ['https://voice.example.com', ['https://voice.example.com'], true],
    ['https://voice.example.com:8443', ['https://voice.example.com'], false],
    ['http://localhost:8080', ['https://voice.example.com'], false],
    ['https://voice.example.com', [], false],
  ])('from %s, with %j allowed: %s', (origin, allowed, expected) =>
    expect(isAllowedOrigin(origin, allowed)).toBe(expected),
  );
});
