import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { PCM16_16K, PCMA_8K, PCMU_8K, type AudioFormat } from '@tandem/contracts';
import fc from 'fast-check';
import {
  FolderStore,
  KeyFile,
  KeyFileUnusable,
  openRecording,
  RecordingWriter,
  type RecordingStore,
} from './index.ts';
import { CHUNK_BYTES, HEAD_BYTES, SEALED_CHUNK_BYTES } from './sealed-format.ts';
import { WAV_HEADER_BYTES } from './wav-header.ts';

const tenantId = randomUUID();
let folder: string;
let store: FolderStore;
let keys: KeyFile;

const keyFile = (...ids: string[]) => {
  const path = join(folder, 'keys.json');
  writeFileSync(
    path,
    JSON.stringify({ keys: ids.map((id) => ({ id, key: Buffer.alloc(32, id).toString('base64') })) }),
  );
  return new KeyFile(path);
};
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tandem-recordings-'));
  store = new FolderStore(join(folder, 'store'));
  keys = keyFile('k1');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function recorded(
  sound: Buffer,
  into: RecordingStore = store,
  audio: AudioFormat = PCMU_8K,
): Promise<string> {
  const id = randomUUID();
  const failures: unknown[] = [];
  const writer = new RecordingWriter(id, tenantId, into, keys, (error) => failures.push(error), audio);
  for (let at = 0; at < sound.length; at += 320) writer.write(sound.subarray(at, at + 320));
  expect(await writer.finish(5_000)).toEqual({ outcome: 'complete', bytes: sound.length });
  expect(failures).toEqual([]);
  return id;
}
async function read(id: string, from = 0, to = Number.MAX_SAFE_INTEGER, by = keys): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of (await openRecording(store, by, tenantId, id)).read(from, to)) pieces.push(piece);
  return Buffer.concat(pieces);
}
const fileOf = (id: string) => join(folder, 'store', tenantId, id);
/** Waits until this many bytes of a recording are stored. */
async function stored(id: string, bytes: number): Promise<void> {
  while (((await store.stat(`${tenantId}/${id}`))?.bytes ?? 0) < bytes)
    await new Promise((resolve) => setTimeout(resolve, 5));
}
const damage = (id: string, change: (bytes: Buffer) => Buffer) =>
  writeFileSync(fileOf(id), change(readFileSync(fileOf(id))));

describe('a recording', () => {
  it.each([0, 1, 320, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 3 * CHUNK_BYTES])(
    'of %i bytes comes back as a WAV file of two channels',
    async (bytes) => {
      const sound = randomBytes(bytes);
      const wav = await read(await recorded(sound));
      expect(
        wav.subarray(0, 4).toString() + wav.readUInt16LE(20) + wav.readUInt16LE(22) + wav.readUInt32LE(54),
      ).toBe(`RIFF72${bytes}`);
      expect(wav.subarray(WAV_HEADER_BYTES).equals(sound)).toBe(true);
      expect(readdirSync(join(folder, 'store', tenantId)).filter((name) => name.endsWith('.part'))).toEqual(
        [],
      );
    },
  );

  it.each([
    [PCMU_8K, 32_000],
    [PCMA_8K, 32_000],
    [PCM16_16K, 128_000],
  ])('in %j tells its length in time', async (audio, bytes) => {
    const id = await recorded(randomBytes(bytes), store, audio);
    const report = await (await openRecording(store, keys, tenantId, id)).verify();
    expect(report).toEqual({ isIntact: true, fault: null, soundMs: 2_000 });
  });

  it('is damaged when its head claims another audio format', async () => {
    const id = await recorded(randomBytes(CHUNK_BYTES));
    damage(id, (bytes) => {
      const head = JSON.parse(bytes.subarray(0, HEAD_BYTES).toString()) as object;
      const changed = JSON.stringify({ ...head, audio: { encoding: 'pcma', rateHz: 8_000 } });
      return Buffer.concat([Buffer.from(changed.padEnd(HEAD_BYTES, ' ')), bytes.subarray(HEAD_BYTES)]);
    });
    const report = await (await openRecording(store, keys, tenantId, id)).verify();
    expect(report).toEqual({ isIntact: false, fault: 'chunk', soundMs: 0 });
  });

  it('can be read in any part', async () => {
    const sound = randomBytes(2 * CHUNK_BYTES + 777);
    const id = await recorded(sound);
    const whole = await read(id);
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: whole.length }),
        fc.integer({ min: 0, max: whole.length }),
        async (a, b) => {
          const [from, to] = [Math.min(a, b), Math.max(a, b)];
          expect((await read(id, from, to)).equals(whole.subarray(from, to))).toBe(true);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('holds no readable audio without its key', async () => {
    const sound = Buffer.alloc(CHUNK_BYTES, 0x41);
    const id = await recorded(sound);
    expect(readFileSync(fileOf(id)).includes(sound.subarray(0, 64))).toBe(false);
    await expect(read(id, 0, 100, keyFile('k2'))).rejects.toMatchObject({ name: 'KeyUnknown', keyId: 'k1' });
  });

  it.each<[string, (bytes: Buffer) => Buffer, string]>([
    [
      'one bit of its sound',
      (bytes) => (bytes.writeUInt8(bytes.readUInt8(HEAD_BYTES + 5) ^ 1, HEAD_BYTES + 5), bytes),
      'chunk',
    ],
    [
      'two chunks exchanged',
      (bytes) =>
        Buffer.concat([
          bytes.subarray(0, HEAD_BYTES),
          bytes.subarray(HEAD_BYTES + SEALED_CHUNK_BYTES, HEAD_BYTES + 2 * SEALED_CHUNK_BYTES),
          bytes.subarray(HEAD_BYTES, HEAD_BYTES + SEALED_CHUNK_BYTES),
          bytes.subarray(HEAD_BYTES + 2 * SEALED_CHUNK_BYTES),
        ]),
      'chunk',
    ],
    ['its last chunk', (bytes) => bytes.subarray(0, HEAD_BYTES + 2 * SEALED_CHUNK_BYTES), 'truncated'],
    ['the end of a chunk', (bytes) => bytes.subarray(0, bytes.length - 10), 'chunk'],
    ['its head', (bytes) => (bytes.write('X', 0), bytes), 'head'],
  ])('that has lost or changed %s is not passed off as whole', async (_what, change, fault) => {
    const id = await recorded(randomBytes(2 * CHUNK_BYTES + 500));
    damage(id, change);
    if (fault === 'head')
      return expect(openRecording(store, keys, tenantId, id)).rejects.toMatchObject({
        name: 'RecordingDamaged',
        what: 'head',
      });
    expect(await (await openRecording(store, keys, tenantId, id)).verify()).toMatchObject({
      isIntact: false,
      fault,
    });
  });

  it('cannot be read with chunks of another recording, nor under another name', async () => {
    const [a, b] = [
      await recorded(randomBytes(2 * CHUNK_BYTES)),
      await recorded(randomBytes(2 * CHUNK_BYTES)),
    ];
    const other = readFileSync(fileOf(b));
    damage(a, (bytes) =>
      Buffer.concat([
        bytes.subarray(0, HEAD_BYTES + SEALED_CHUNK_BYTES),
        other.subarray(HEAD_BYTES + SEALED_CHUNK_BYTES),
      ]),
    );
    expect(await (await openRecording(store, keys, tenantId, a)).verify()).toMatchObject({ fault: 'chunk' });
    writeFileSync(fileOf(a), other);
    await expect(openRecording(store, keys, tenantId, a)).rejects.toMatchObject({ what: 'head' });
    await expect(openRecording(store, keys, tenantId, '../../etc/passwd')).rejects.toThrow(TypeError);
  });

  it('is played up to its end and reported as truncated when its relay died', async () => {
    const id = randomUUID();
    const writer = new RecordingWriter(id, tenantId, store, keys, () => undefined);
    const sound = randomBytes(2 * CHUNK_BYTES + 100);
    writer.write(sound);
    await stored(id, HEAD_BYTES + 2 * SEALED_CHUNK_BYTES);
    expect(await (await openRecording(store, keys, tenantId, id)).verify()).toEqual({
      isIntact: false,
      fault: 'truncated',
      soundMs: CHUNK_BYTES / 16,
    });
    expect(
      (await read(id, 0, WAV_HEADER_BYTES + CHUNK_BYTES))
        .subarray(WAV_HEADER_BYTES)
        .equals(sound.subarray(0, CHUNK_BYTES)),
    ).toBe(true);
    await writer.finish(5_000);
  });

  it('can be read with an old key behind a newer one in the file', async () => {
    const sound = randomBytes(CHUNK_BYTES + 9);
    const id = await recorded(sound);
    expect(
      (await read(id, 0, Number.MAX_SAFE_INTEGER, keyFile('k2', 'k1')))
        .subarray(WAV_HEADER_BYTES)
        .equals(sound),
    ).toBe(true);
  });

  it('is given up when its store fails or falls behind, without delaying the call', async () => {
    const failures: unknown[] = [];
    const full = Object.assign(new Error('ENOSPC'), { code: 'ENOSPC' });
    const broken = Object.assign(new FolderStore(folder), {
      create: () =>
        Promise.resolve({
          append: () => Promise.reject(full),
          finish: () => Promise.resolve(),
          abandon: () => Promise.resolve(),
        }),
    });
    const writer = new RecordingWriter(randomUUID(), tenantId, broken, keys, (error) => failures.push(error));
    writer.write(randomBytes(3 * CHUNK_BYTES));
    expect(await writer.finish(1_000)).toMatchObject({ outcome: 'failed' });
    expect(failures).toEqual([full]);
    const stuck = Object.assign(new FolderStore(folder), {
      create: () => new Promise<never>(() => undefined),
    });
    const behind = new RecordingWriter(randomUUID(), tenantId, stuck, keys, (error) => failures.push(error));
    behind.write(randomBytes(20 * CHUNK_BYTES));
    expect(await behind.finish(20)).toMatchObject({ outcome: 'failed' });
    expect(String(failures[1])).toContain('does not keep up');
  });
});

describe('a key file', () => {
  it.each([
    ['is missing', null],
    ['is no JSON', 'key'],
    ['has no keys', '{"keys":[]}'],
    ['has a key that is too short', '{"keys":[{"id":"a","key":"AAAA"}]}'],
  ])('that %s stops the start with what it should be', (_what, content) => {
    const path = join(folder, 'other.json');
    if (content !== null) writeFileSync(path, content);
    expect(() => new KeyFile(path)).toThrow(KeyFileUnusable);
    expect(() => new KeyFile(path)).toThrow(/32 bytes in base64/);
  });
});
