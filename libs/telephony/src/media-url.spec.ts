import { describe, expect, it } from '@jest/globals';
import { mediaUrl } from './media-url.ts';

const relay = { relayId: 'relay-2', address: 'ws://127.0.0.1:9000' };

describe('the address of a relay', () => {
  it.each([
    [undefined, 'ws://127.0.0.1:9000/media/relay-2'],
    ['wss://media.example.com', 'wss://media.example.com/media/relay-2'],
    ['wss://media.example.com/', 'wss://media.example.com/media/relay-2'],
    ['wss://example.com/calls', 'wss://example.com/calls/media/relay-2'],
    ['wss://{relay}.example.com', 'wss://relay-2.example.com/media/relay-2'],
    ['wss://example.com/fleet/{relay}', 'wss://example.com/fleet/relay-2'],
  ])('under %s is %s', (publicMediaUrl, expected) => {
    expect(mediaUrl(publicMediaUrl, relay)).toBe(expected);
    expect(mediaUrl(publicMediaUrl, relay, '/plain')).toBe(`${expected}/plain`);
  });
});
