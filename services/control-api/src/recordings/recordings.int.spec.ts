import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { FolderStore, KeyFile, RecordingWriter } from '@tandem/recordings';
import { RunningControl, type Operator } from '../test/running-control.ts';

const WAV_HEADER_BYTES = 58;

let folder: string;
let control: RunningControl;
let store: FolderStore;
let keys: KeyFile;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tandem-control-'));
  const keyFile = join(folder, 'keys.json');
  writeFileSync(keyFile, JSON.stringify({ keys: [{ id: 'k1', key: randomBytes(32).toString('base64') }] }));
  store = new FolderStore(join(folder, 'recordings'));
  keys = new KeyFile(keyFile);
  control = await RunningControl.start({
    RECORDINGS_DIR: join(folder, 'recordings'),
    RECORDINGS_KEY_FILE: keyFile,
  });
});
afterAll(async () => {
  await control.stop();
  rmSync(folder, { recursive: true, force: true });
});

interface Recorded {
  readonly path: string;
  readonly file: string;
  readonly recordingId: string;
}

async function recorded({ tenantId }: Operator, sound: Buffer): Promise<Recorded> {
  const [callId, recordingId] = [randomUUID(), randomUUID()];
  const writer = new RecordingWriter(recordingId, tenantId, store, keys, () => undefined);
  writer.write(sound);
  expect((await writer.finish(5_000)).outcome).toBe('complete');
  await control.sql(
    'INSERT INTO calls (id, tenant_id, status, direction, channel, from_number, to_number, admitted_at) ' +
      `VALUES ($1, $2, 'completed', 'inbound', 'twilio', '', '', now())`,
    callId,
    tenantId,
  );
  await control.sql(
    'INSERT INTO recordings (id, tenant_id, call_id, started_at_ms, duration_ms, bytes, outcome) VALUES ' +
      `($1, $2, $3, 300, $4, $5, 'complete')`,
    recordingId,
    tenantId,
    callId,
    sound.length / 16,
    sound.length,
  );
  return {
    path: `/v1/calls/${callId}/recordings/${recordingId}`,
    file: join(folder, 'recordings', tenantId, recordingId),
    recordingId,
  };
}

async function listen(path: string, key: string, range?: string) {
  const response = await fetch(`${control.url}${path}/audio`, {
    headers: { authorization: `Bearer ${key}`, ...(range ? { range } : {}) },
  });
  const bytes = Buffer.from(await response.arrayBuffer().catch(() => new ArrayBuffer(0)));
  return { status: response.status, bytes, header: (name: string) => response.headers.get(name) };
}

describe('a recording', () => {
  it('is played as a WAV file, whole and in any part', async () => {
    const operator = await control.operator();
    const sound = randomBytes(40_000);
    const { path } = await recorded(operator, sound);
    const whole = await listen(path, operator.apiKey);
    expect([
      whole.status,
      whole.header('content-type'),
      whole.header('accept-ranges'),
      whole.header('cache-control'),
      whole.bytes.length,
    ]).toEqual([200, 'audio/wav', 'bytes', 'private, no-store', 40_058]);
    expect(whole.bytes.subarray(WAV_HEADER_BYTES).equals(sound)).toBe(true);
    for (const [range, from, to] of [
      ['bytes=0-99', 0, 100],
      ['bytes=20000-30000', 20_000, 30_001],
      ['bytes=40000-', 40_000, 40_058],
      ['bytes=-58', 40_000, 40_058],
      ['bytes=-99999', 0, 40_058],
    ] as const) {
      const part = await listen(path, operator.apiKey, range);
      expect([part.status, part.header('content-range')]).toEqual([206, `bytes ${from}-${to - 1}/40058`]);
      expect(part.bytes.equals(whole.bytes.subarray(from, to))).toBe(true);
    }
    for (const range of ['bytes=0-9,20-29', 'lines=1-2', 'nonsense'])
      expect((await listen(path, operator.apiKey, range)).status).toBe(200);
    expect(
      (
        await listen(
          path.toUpperCase().replace('/V1/CALLS/', '/v1/calls/').replace('/RECORDINGS/', '/recordings/'),
          operator.apiKey,
        )
      ).status,
    ).toBe(200);
    const beyond = await listen(path, operator.apiKey, 'bytes=50000-');
    expect([beyond.status, beyond.header('content-range')]).toEqual([416, 'bytes */40058']);
  });

  it('is listed with its call', async () => {
    const operator = await control.operator();
    const { path, recordingId } = await recorded(operator, randomBytes(1_600));
    const call = await control.ask('GET', path.split('/recordings')[0] ?? '', operator.apiKey);
    expect(call.body['recordings']).toEqual([
      { recordingId, startedAtMs: 300, durationMs: 100, bytes: 1_600, outcome: 'complete', deletedAt: null },
    ]);
    await control.ask('DELETE', path, operator.apiKey);
    expect(
      (await control.ask('GET', path.split('/recordings')[0] ?? '', operator.apiKey)).body['recordings'],
    ).toMatchObject([{ recordingId, deletedAt: expect.stringMatching(/^20/) }]);
  });

  it('that was changed is reported, and its playback breaks off', async () => {
    const operator = await control.operator();
    const { path, file } = await recorded(operator, randomBytes(40_000));
    expect((await control.ask('GET', `${path}/integrity`, operator.apiKey)).body).toEqual({
      isIntact: true,
      fault: null,
      soundMs: 2_500,
    });
    const sealed = readFileSync(file);
    sealed.writeUInt8(sealed.readUInt8(20_000) ^ 1, 20_000);
    writeFileSync(file, sealed);
    expect((await control.ask('GET', `${path}/integrity`, operator.apiKey)).body).toEqual({
      isIntact: false,
      fault: 'chunk',
      soundMs: 1_024,
    });
    const part = await listen(path, operator.apiKey, 'bytes=0-99');
    expect(part.status).toBe(206);
    expect((await listen(path, operator.apiKey)).bytes.length).toBe(0);
    sealed.write('X', 0);
    writeFileSync(file, sealed);
    expect((await control.ask('GET', `${path}/integrity`, operator.apiKey)).body).toEqual({
      isIntact: false,
      fault: 'head',
      soundMs: 0,
    });
    expect((await listen(path, operator.apiKey)).status).toBe(422);
  });

  it('lists its accesses, also after it was deleted', async () => {
    const operator = await control.operator();
    const { path } = await recorded(operator, randomBytes(1_600));
    await listen(path, operator.apiKey);
    await control.ask('GET', `${path}/integrity`, operator.apiKey);
    expect((await control.ask('DELETE', path, operator.apiKey)).status).toBe(204);
    expect((await control.ask('DELETE', path, operator.apiKey)).status).toBe(204);
    expect((await listen(path, operator.apiKey)).status).toBe(410);
    const { items } = (await control.ask('GET', `${path}/accesses`, operator.apiKey)).body as {
      items: { action: string; apiKeyId: string }[];
    };
    expect(items.map(({ action }) => action)).toEqual(['deleted', 'deleted', 'verified', 'played']);
    expect(new Set(items.map(({ apiKeyId }) => apiKeyId)).size).toBe(1);
  });

  it('is in the audit log before its sound is sent: a player once, whatever ranges it asks for', async () => {
    const operator = await control.operator();
    const { path, recordingId } = await recorded(operator, randomBytes(40_000));
    for (const range of ['bytes=0-', 'bytes=200-300', 'bytes=900-', undefined])
      expect((await listen(path, operator.apiKey, range)).status).toBeLessThan(300);
    await control.ask('GET', `${path}/integrity`, operator.apiKey);
    await control.ask('DELETE', path, operator.apiKey);
    expect((await listen(path, operator.apiKey)).status).toBe(410);
    const { items } = (await control.ask('GET', `/v1/audit?object=${recordingId}`, operator.apiKey)).body as {
      items: { act: string }[];
    };
    expect(items.map(({ act }) => act)).toEqual([
      'recording.deleted',
      'recording.verified',
      'recording.downloaded',
      'recording.listened',
    ]);
  });

  it('of another tenant is not found', async () => {
    const [owner, stranger] = [await control.operator(), await control.operator()];
    const { path } = await recorded(owner, randomBytes(1_600));
    expect((await listen(path, stranger.apiKey)).status).toBe(404);
    for (const [method, what] of [
      ['GET', '/integrity'],
      ['GET', '/accesses'],
      ['DELETE', ''],
    ] as const)
      expect((await control.ask(method, path + what, stranger.apiKey)).status).toBe(404);
    expect((await listen(path, owner.apiKey)).status).toBe(200);
  });
});

describe('the peaks of a recording', () => {
  const LOUD = 0x00;
  const SILENT = 0xff;
  /** 100 ms of one level in each channel, µ-law at 8 kHz. */
  const period = (caller: number, agent: number) =>
    Buffer.from(Array.from({ length: 800 }, () => [caller, agent]).flat());

  it('are the loudest sample of each 100 ms and channel, made once and kept', async () => {
    const operator = await control.operator();
    const sound = Buffer.concat([
      period(SILENT, LOUD),
      period(SILENT, SILENT),
      Buffer.concat([period(SILENT, SILENT).subarray(0, 1_598), Buffer.from([LOUD, SILENT])]),
      period(SILENT, LOUD).subarray(0, 16),
    ]);
    const { recordingId, file } = await recorded(operator, sound);
    const path = `/v1/recordings/${recordingId}/peaks`;
    const answer = await control.ask('GET', path, operator.apiKey);
    const bytes = (channel: string) => [...Buffer.from(String(answer.body[channel]), 'base64')];
    expect(answer.body).toMatchObject({ recordingId, periodMs: 100 });
    expect([bytes('caller'), bytes('agent')]).toEqual([
      [0, 0, 250, 0],
      [250, 0, 0, 250],
    ]);
    rmSync(file);
    expect((await control.ask('GET', path, operator.apiKey)).body).toEqual(answer.body);
  });

  it('end where the sound is damaged, and go with it', async () => {
    const operator = await control.operator();
    const { path, file, recordingId } = await recorded(operator, randomBytes(40_000));
    const sealed = readFileSync(file);
    sealed.writeUInt8(sealed.readUInt8(20_000) ^ 1, 20_000);
    writeFileSync(file, sealed);
    const peaks = () => control.ask('GET', `/v1/recordings/${recordingId}/peaks`, operator.apiKey);
    expect(Buffer.from(String((await peaks()).body['caller']), 'base64')).toHaveLength(11);
    await control.ask('DELETE', path, operator.apiKey);
    expect(await peaks()).toMatchObject({ status: 410, body: { code: 'recording-gone' } });
  });

  it('of another tenant are not found, and listing accesses shows none for them', async () => {
    const [owner, stranger] = [await control.operator(), await control.operator()];
    const { path, recordingId } = await recorded(owner, randomBytes(1_600));
    const peaks = `/v1/recordings/${recordingId}/peaks`;
    expect((await control.ask('GET', peaks, stranger.apiKey)).status).toBe(404);
    expect((await control.ask('GET', peaks, owner.apiKey)).status).toBe(200);
    expect((await control.ask('GET', peaks, stranger.apiKey)).status).toBe(404);
    expect((await control.ask('GET', `${path}/accesses`, owner.apiKey)).body).toEqual({ items: [] });
  });
});
