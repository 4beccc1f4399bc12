import { describe, expect, it } from '@jest/globals';
import { AmiPackets, writeAction } from './ami-packets.ts';

const GREETING = 'Asterisk Call Manager/11.0.0\r\n';

describe('AMI packets', () => {
  const text =
    `${GREETING}Response: Success\r\nActionID: 1\r\nMessage: Time: 12:30\r\n\r\n` + 'Event: Hangup\r\n\r\n';

  it('are cut out of pieces of any length', () => {
    for (let length = 1; length <= text.length; length += 1) {
      const packets = new AmiPackets();
      const found = [];
      for (let at = 0; at < text.length; at += length)
        found.push(...packets.push(text.slice(at, at + length)));
      expect(found.map((packet) => Object.fromEntries(packet))).toEqual([
        { response: 'Success', actionid: '1', message: 'Time: 12:30' },
        { event: 'Hangup' },
      ]);
    }
  });

  it.each([
    ['another greeting', 'SSH-2.0\r\n'],
    ['a line without end', GREETING + 'x'.repeat(9_000)],
    ['a line that is too long', `${GREETING}${'x'.repeat(9_000)}\r\n`],
    ['a packet without end', GREETING + 'A: b\r\n'.repeat(300)],
  ])('are refused with %s', (_, received) => {
    expect(() => new AmiPackets().push(received)).toThrow();
  });

  it('are written one value a line, and refused with a line break in a value', () => {
    expect(writeAction({ Action: 'Ping', ActionID: '7' })).toBe('Action: Ping\r\nActionID: 7\r\n\r\n');
    for (const value of ['1\r\nAction: Originate', '1\n', '1\r', '1\0'])
      expect(() => writeAction({ Action: 'Hangup', Channel: value })).toThrow();
  });
});
