import { describe, expect, it } from '@jest/globals';
import { checkStreamUrl } from './stream-url.ts';

describe('a stream URL', () => {
  it.each([
    'wss://voice.example.test/media/relay-1',
    'wss://voice.example.test:8443/m',
    'ws://127.0.0.1:9000/m',
    'ws://localhost/m',
    'ws://[::1]:1/m',
  ])('may be %s', (url) => {
    expect(checkStreamUrl(url)).toMatchObject({ ok: true });
  });

  it.each([
    ['wss://voice.example.test/m?token=x', 31_920],
    ['ws://127.0.0.1:9000/m?', 31_920],
    ['ws://voice.example.test/m', 31_922],
    ['ws://127.0.0.1.example.test/m', 31_922],
    ['https://voice.example.test/m', 31_922],
    ['/media/relay-1', 31_923],
    ['', 31_923],
  ])('may not be %p', (url, code) => {
    expect(checkStreamUrl(url)).toMatchObject({ ok: false, code });
  });
});
