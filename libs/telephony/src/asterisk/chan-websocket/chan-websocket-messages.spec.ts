import { describe, expect, it } from '@jest/globals';
import { PCM16_16K, PCM16_8K, PCMA_8K, PCMU_8K } from '@tandem/contracts';
import fc from 'fast-check';
import {
  command,
  MAX_COMMAND_BYTES,
  parseChanWebSocketEvent,
  parseChanWebSocketStart,
} from './chan-websocket-messages.ts';

const START = {
  event: 'MEDIA_START',
  connection_id: 'relay-1',
  channel: 'WebSocket/relay-1/0x7f5c',
  channel_id: '1764400000.7',
  format: 'slin16',
  optimal_frame_size: 640,
  ptime: 20,
  channel_variables: { __TANDEM_UUID: 'abc', MEDIA_WEBSOCKET_OPTIMAL_FRAME_SIZE: '640' },
};
const start = (changes: object = {}) => parseChanWebSocketStart(JSON.stringify({ ...START, ...changes }));
const event = (message: unknown) => parseChanWebSocketEvent(Buffer.from(JSON.stringify(message)));

describe('the start of a WebSocket channel', () => {
  it('tells the format, the frame and the variables, those of the parent channel too', () => {
    const parsed = start();
    expect(parsed).toMatchObject({ channelId: '1764400000.7', format: PCM16_16K, frameBytes: 640 });
    expect(parsed?.variables.get('TANDEM_UUID')).toBe('abc');
  });

  it.each([
    ['ulaw', 160, PCMU_8K],
    ['alaw', 160, PCMA_8K],
    ['slin', 320, PCM16_8K],
    ['slin16', 640, PCM16_16K],
  ])('in %s is one of ours', (format, optimal_frame_size, ours) => {
    expect(start({ format, optimal_frame_size })?.format).toBe(ours);
  });

  it.each([
    ['of a format that is not cut into frames', { format: 'opus', optimal_frame_size: 0 }],
    ['in passthrough mode', { optimal_frame_size: 0 }],
    ['with a frame of half a sample', { optimal_frame_size: 641 }],
    ['with a frame of a second', { optimal_frame_size: 32_000 }],
    ['of a format named like a part of every object', { format: 'constructor' }],
    ['without the id of its channel', { channel_id: undefined }],
    ['with variables that are no list', { channel_variables: 'all' }],
    ['that is another event', { event: 'MEDIA_XON' }],
  ])('%s is refused', (_what, changes) => {
    expect(start(changes)).toBeNull();
  });

  it('is no text of the kind for people', () => {
    expect(parseChanWebSocketStart('MEDIA_START connection_id:relay-1 format:slin16')).toBeNull();
  });
});

describe('an event of a WebSocket channel', () => {
  it('carries its mark or its key', () => {
    expect(event({ event: 'MEDIA_MARK_PROCESSED', channel_id: 'x', correlation_id: '1.640' })).toEqual({
      event: 'MEDIA_MARK_PROCESSED',
      mark: '1.640',
    });
    expect(event({ event: 'DTMF_END', digit: '#' })).toEqual({ event: 'DTMF_END', digit: '#' });
  });

  it.each([
    [{ event: 'DTMF_END', digit: '12' }, 'bad-fields'],
    [{ event: 'MEDIA_MARK_PROCESSED' }, 'bad-fields'],
    [{ event: 'MEDIA_MARK_PROCESSED', correlation_id: 'x'.repeat(200) }, 'bad-fields'],
    [{ event: 'X'.repeat(5_000) }, 'bad-fields'],
    [{ event: 7 }, 'not-an-event'],
    [null, 'not-an-event'],
    [[], 'not-an-event'],
  ])('that makes no sense is refused: %#', (message, fault) => {
    expect(event(message)).toEqual({ fault });
  });

  it('of an unknown kind is no fault: Asterisk adds some', () => {
    for (const name of ['QUEUE_DRAINED', 'NEW_THING', 'constructor'])
      expect(event({ event: name })).toEqual({ event: 'unknown' });
  });

  it('of any bytes is read or refused', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.json(), (bytes, json) => {
        parseChanWebSocketEvent(Buffer.from(bytes));
        parseChanWebSocketEvent(Buffer.from(json));
        parseChanWebSocketStart(json);
      }),
    );
  });
});

describe('a command', () => {
  it('is shorter than what Asterisk ignores, with the longest mark of a day', () => {
    const mark = `999999.${24 * 3_600 * 48_000}.s`;
    expect(Buffer.byteLength(command('STOP_MEDIA_BUFFERING', mark))).toBeLessThanOrEqual(MAX_COMMAND_BYTES);
  });
});
