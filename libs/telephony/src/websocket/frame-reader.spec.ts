import { beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import * as ws from 'ws';
import { FrameReader } from './frame-reader.ts';

/** Exported by ws, and left out of its types. */
const { Sender } = ws as unknown as { readonly Sender: { frame(data: Buffer, options: object): readonly Uint8Array[] } };
const MAX_BYTES = 70_000;
const TEXT = 1;
const BINARY = 2;

let told: string[];
let reader: FrameReader;

beforeEach(() => {
  told = [];
  reader = listening();
});

function listening(): FrameReader {
  return new FrameReader(MAX_BYTES, {
    onMessage: (data, isBinary) => told.push(`${isBinary ? 'binary' : 'text'} ${data.toString('latin1')}`),
    onPing: (payload) => told.push(`ping ${payload.toString()}`),
    onClose: (code) => told.push(`close ${code}`),
    onBroken: (code) => told.push(`broken ${code}`),
  });
}

/** A frame as the ws library sends it. */
function frame(payload: string | Buffer, { opcode = TEXT, fin = true, mask = true, rsv1 = false }: { opcode?: number; fin?: boolean; mask?: boolean; rsv1?: boolean } = {}): Buffer {
  return Buffer.concat(Sender.frame(Buffer.from(payload as Buffer), { fin, opcode, mask, rsv1, readOnly: true }));
}

const closeFrame = (code: number, reason = '') => frame(Buffer.concat([Buffer.from([code >> 8, code & 0xff]), Buffer.from(reason)]), { opcode: 8 });

describe('what a client sends', () => {
  it.each([0, 1, 2, 3, 4, 5, 125, 126, 127, 330, 65_535, 65_536])('is read whole and unmasked when it has %i bytes', (bytes) => {
    const payload = 'x'.repeat(bytes);
    reader.push(frame(payload));
    expect(told).toEqual([`text ${payload}`]);
  });

  it('is read the same wherever the network cuts it', () => {
    const wire = Buffer.concat([frame('one'), frame('p', { opcode: 9 }), frame('x'.repeat(130)), frame('a', { fin: false }), frame('b', { opcode: 0 }), closeFrame(1000)]);
    reader.push(Buffer.from(wire));
    const whole = told;
    expect(whole).toEqual(['text one', 'ping p', `text ${'x'.repeat(130)}`, 'text ab', 'close 1000']);
    for (let cut = 1; cut < wire.length; cut += 1) {
      told = [];
      reader = listening();
      reader.push(Buffer.from(wire.subarray(0, cut)));
      reader.push(Buffer.from(wire.subarray(cut)));
      expect(told).toEqual(whole);
    }
    told = [];
    reader = listening();
    for (const byte of wire) reader.push(Buffer.from([byte]));
    expect(told).toEqual(whole);
  });

  it('comes in fragments with pings in between', () => {
    reader.push(frame('Good ', { fin: false }));
    reader.push(frame('?', { opcode: 9 }));
    reader.push(frame('mor', { opcode: 0, fin: false }));
    reader.push(frame('ning', { opcode: 0 }));
    reader.push(frame('!', { opcode: BINARY }));
    expect(told).toEqual(['ping ?', 'text Good morning', 'binary !']);
  });

  it('may be a thousand fragments', () => {
    reader.push(frame('', { fin: false }));
    for (let fragment = 0; fragment < 1_000; fragment += 1) reader.push(frame('ab', { opcode: 0, fin: false }));
    reader.push(frame('', { opcode: 0 }));
    expect(told).toEqual([`text ${'ab'.repeat(1_000)}`]);
  });

  it('is the same messages for any series of them, in any pieces', () => {
    const message = fc.record({ payload: fc.uint8Array({ maxLength: 300 }), isBinary: fc.boolean(), fragments: fc.integer({ min: 1, max: 4 }) });
    fc.assert(
      fc.property(fc.array(message, { maxLength: 8 }), fc.infiniteStream(fc.integer({ min: 1, max: 200 })), (messages, pieces) => {
        told = [];
        reader = listening();
        const wire = Buffer.concat(messages.flatMap(({ payload, isBinary, fragments }) => inFragments(Buffer.from(payload), isBinary ? BINARY : TEXT, fragments)));
        for (let at = 0; at < wire.length; ) {
          const bytes = pieces.next().value;
          reader.push(Buffer.from(wire.subarray(at, at + bytes)));
          at += bytes;
        }
        expect(told).toEqual(messages.map(({ payload, isBinary }) => `${isBinary ? 'binary' : 'text'} ${Buffer.from(payload).toString('latin1')}`));
      }),
      { numRuns: 300 },
    );
  });
});

describe('what a client must not send', () => {
  it.each([
    ['without a mask', frame('x', { mask: false }), 1002],
    ['with a reserved bit', frame('x', { rsv1: true }), 1002],
    ['of an unknown kind', frame('x', { opcode: 3 }), 1002],
    ['of an unknown control kind', frame('x', { opcode: 11 }), 1002],
    ['a ping in fragments', frame('x', { opcode: 9, fin: false }), 1002],
    ['a ping of 126 bytes', frame('x'.repeat(126), { opcode: 9 }), 1002],
    ['a continuation of nothing', frame('x', { opcode: 0 }), 1002],
    ['a new message inside another', Buffer.concat([frame('x', { fin: false }), frame('y')]), 1002],
    ['a close of one byte', frame('x', { opcode: 8 }), 1002],
    ['a close code that is only for us to say', closeFrame(1006), 1002],
    ['a close code out of range', closeFrame(999), 1002],
    ['more than a message may have', frame('x'.repeat(MAX_BYTES + 1)), 1009],
    ['fragments of more than that', Buffer.concat([frame('x'.repeat(60_000), { fin: false }), frame('x'.repeat(60_000), { opcode: 0 })]), 1009],
    ['a length of four gigabytes', Buffer.from([0x81, 0xff, 0, 0, 0, 1, 0, 0, 0, 0, 1, 2, 3, 4]), 1009],
  ])('%s ends it', (_what, wire, code) => {
    reader.push(Buffer.from(wire));
    reader.push(frame('after'));
    expect(told).toEqual([`broken ${code}`]);
  });

  it('is known to be too big before it has come', () => {
    reader.push(frame('x'.repeat(MAX_BYTES + 1)).subarray(0, 14));
    expect(told).toEqual(['broken 1009']);
  });

  it('is nothing that makes the reader throw, or go on after the end', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ minLength: 1, maxLength: 60 }), { maxLength: 20 }), (pieces) => {
        told = [];
        reader = listening();
        for (const piece of pieces) reader.push(Buffer.from(piece));
        const end = told.findIndex((line) => line.startsWith('broken') || line.startsWith('close'));
        expect(end === -1 || end === told.length - 1).toBe(true);
      }),
      { numRuns: 3_000 },
    );
  });
});

function inFragments(payload: Buffer, opcode: number, fragments: number): Buffer[] {
  const size = Math.max(1, Math.ceil(payload.length / fragments));
  const parts: Buffer[] = [];
  for (let at = 0; at < payload.length || parts.length === 0; at += size) parts.push(payload.subarray(at, at + size));
  return parts.map((part, index) => frame(part, { opcode: index === 0 ? opcode : 0, fin: index === parts.length - 1 }));
}
