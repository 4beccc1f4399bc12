import { randomUUID } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { writeFileSync } from 'node:fs';
import { bytesPerMs, PCM16_16K, PCMA_8K, PCMU_8K, type NewCallEvent } from '@tandem/contracts';
import { AudioFrame, type CallerStreamListener } from '@tandem/conversation';
import { FakeCallerStream, ManualClock } from '@tandem/conversation/testing';
import { FolderStore, KeyFile, openRecording, RecordedStream } from './index.ts';

const AGENT = 0x20;
const CALLER = 0x55;
const SILENCE = 0xff;
const tenantId = randomUUID();
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tandem-stream-'));
  writeFileSync(
    join(folder, 'keys.json'),
    JSON.stringify({ keys: [{ id: 'k', key: Buffer.alloc(32, 7).toString('base64') }] }),
  );
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function recordedCall(format = PCMU_8K) {
  const clock = new ManualClock();
  const line = new FakeCallerStream(clock, format);
  const facts: NewCallEvent[] = [];
  const heard: string[] = [];
  const [store, keys] = [new FolderStore(join(folder, 'store')), new KeyFile(join(folder, 'keys.json'))];
  const stream = new RecordedStream(line, {
    tenantId,
    store,
    keys,
    atMs: () => Math.round(clock.now()),
    record: (fact) => facts.push(fact),
    onFailure: (error) => {
      throw error as Error;
    },
  });
  const listener: CallerStreamListener = {
    onAudio: (frame) => heard.push(`${frame.bytes.length}`),
    onDigit: () => undefined,
    onHeard: () => undefined,
    onSilent: () => undefined,
    onClosed: () => undefined,
  };
  stream.attach(listener);
  const passes = async (ms: number) => {
    for (let passed = 0; passed < ms; passed += 20) {
      line.speak(20);
      await clock.pass(20);
    }
  };
  const says = (ms: number, soundId: string) =>
    stream.write(AudioFrame.fromBytes(new Uint8Array(ms * bytesPerMs(format)).fill(AGENT)), soundId);
  const kept = async () => {
    const pieces: Buffer[] = [];
    for await (const piece of (await openRecording(store, keys, tenantId, stream.recordingId)).read(
      58,
      Number.MAX_SAFE_INTEGER,
    ))
      pieces.push(piece);
    return Buffer.concat(pieces);
  };
  /** Returns one channel as a letter for each 20 ms. */
  const lane = (sound: Buffer, channel: number) =>
    Array.from(
      { length: sound.length / 320 },
      (_, index) =>
        ({ [AGENT]: 'A', [CALLER]: 'C', [SILENCE]: '.' })[sound[index * 320 + channel] ?? 0] ?? '?',
    ).join('');
  const wav = async () => {
    const pieces: Buffer[] = [];
    const recording = await openRecording(store, keys, tenantId, stream.recordingId);
    for await (const piece of recording.read(0, Number.MAX_SAFE_INTEGER)) pieces.push(piece);
    return Buffer.concat(pieces);
  };
  return { stream, line, facts, heard, passes, says, kept, wav, lane };
}

describe('a recorded stream', () => {
  it('records nothing before it is started, and passes everything on', async () => {
    const { stream, heard, facts, passes, says } = recordedCall();
    says(100, 'a');
    await passes(200);
    await stream.finish();
    expect([heard.length, facts]).toEqual([10, []]);
    expect(readdirSync(folder)).toEqual(['keys.json']);
  });

  it('has the agent as it was heard beside the caller, and silence for pauses', async () => {
    const { stream, facts, passes, says, kept, lane } = recordedCall();
    await passes(100);
    stream.start();
    says(400, 'a');
    await passes(200);
    stream.clear();
    await passes(100);
    stream.pause();
    says(100, 'b');
    await passes(100);
    stream.resume();
    await passes(100);
    await stream.finish();
    const sound = await kept();
    expect(lane(sound, 1)).toBe('AAAAAAAAAA' + '.'.repeat(15));
    expect(lane(sound, 0).slice(15, 20)).toBe('.....');
    expect(lane(sound, 0).slice(0, 15)).not.toContain('.');
    expect(
      facts.map(({ type, data }) => [
        type,
        'state' in data ? data.state : 'outcome' in data ? data.outcome : '',
      ]),
    ).toEqual([
      ['recording.changed', 'started'],
      ['recording.changed', 'paused'],
      ['recording.changed', 'resumed'],
      ['recording.finished', 'complete'],
    ]);
    expect(facts.at(-1)).toMatchObject({ data: { durationMs: 500, bytes: 8_000 } });
  });

  it('is finished once, with the part of the last words that was heard', async () => {
    const { stream, facts, passes, says, kept, lane } = recordedCall();
    stream.start();
    says(1_000, 'a');
    await passes(300);
    await Promise.all([stream.finish(), stream.finish()]);
    expect(lane(await kept(), 1)).toBe('A'.repeat(15));
    expect(facts.filter(({ type }) => type === 'recording.finished')).toHaveLength(1);
  });

  it.each([
    [PCMU_8K, 7],
    [PCMA_8K, 6],
    [PCM16_16K, 1],
  ])('is a WAV file in its own format: %j', async (format, tag) => {
    const { stream, facts, passes, says, wav } = recordedCall(format);
    stream.start();
    says(500, 'a');
    await passes(1_000);
    await stream.finish();
    const file = await wav();
    const bytesPerSecond = 2 * bytesPerMs(format) * 1000;
    const { encoding, rateHz } = format;
    const sampleBytes = encoding === 'pcm16' ? 2 : 1;
    expect([file.readUInt16LE(20), file.readUInt16LE(22), file.readUInt32LE(24)]).toEqual([tag, 2, rateHz]);
    expect([file.readUInt32LE(28), file.readUInt16LE(32), file.readUInt16LE(34)]).toEqual([
      bytesPerSecond,
      2 * sampleBytes,
      8 * sampleBytes,
    ]);
    expect([file.readUInt32LE(46), file.readUInt32LE(54)]).toEqual([rateHz, bytesPerSecond]);
    const agentAt = (ms: number) => file[58 + 2 * ms * bytesPerMs(format) + sampleBytes];
    expect([agentAt(499), agentAt(501)]).toEqual([AGENT, { pcmu: 0xff, pcma: 0xd5, pcm16: 0 }[encoding]]);
    expect(facts.at(-1)).toMatchObject({ data: { durationMs: 1_000, bytes: bytesPerSecond } });
  });
});
