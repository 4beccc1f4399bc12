import { describe, expect, it } from '@jest/globals';
import { PCM16_24K, PCMA_8K, PCMU_8K } from '@tandem/contracts';
import { ByteTape } from '../recording/byte-tape.ts';
import { encodeSamples, toAudioFormat, toBytes } from '../wire/audio-format.ts';
import { EnergyMeter } from './energy-meter.ts';
import { InputAudioBuffer } from './input-audio.ts';
import { gateRms, TurnDetector } from './vad.ts';
import { MS_PER_CHARACTER, cachingSpeaker, speakTones, steadyTone } from './voice.ts';

describe('formats', () => {
  it('are read from their type; the default is 24 kHz PCM', () => {
    expect(
      [{ type: 'audio/pcmu' }, { type: 'audio/pcma' }, { type: 'audio/pcm', rate: 24000 }, {}, null].map(
        toAudioFormat,
      ),
    ).toEqual([PCMU_8K, PCMA_8K, PCM16_24K, PCM16_24K, PCM16_24K]);
  });

  it('cut bytes at whole samples', () => {
    expect(toBytes(10.03, PCM16_24K)).toBe(480);
    expect(toBytes(10.9, PCMU_8K)).toBe(87);
  });
});

describe('the energy meter', () => {
  it.each([
    ['pcm16', PCM16_24K, 2],
    ['pcmu', PCMU_8K, 1],
    ['pcma', PCMA_8K, 1],
  ] as const)('gives the same frames for %s however it is cut', (_, format, align) => {
    const audio = Buffer.from(speakTones('Some words to measure.', format));
    const measure = (pieces: number[]): number[] => {
      const frames: number[] = [];
      const meter = new EnergyMeter(format, (rms) => frames.push(rms));
      let offset = 0;
      for (let index = 0; offset < audio.length; index++) {
        const length = (pieces[index % pieces.length] as number) * align;
        meter.push(audio.subarray(offset, offset + length));
        offset += length;
      }
      return frames;
    };
    const whole = measure([audio.length]);
    expect(whole).toHaveLength((22 * MS_PER_CHARACTER) / 20);
    for (const pieces of [[1], [7, 3, 160], [161], [480]]) {
      const parts = measure(pieces);
      expect(parts).toHaveLength(whole.length);
      for (const [index, rms] of parts.entries()) expect(rms).toBeCloseTo(whole[index] as number, 6);
    }
  });

  it('maps the threshold to decibels', () => {
    expect([0, 0.5, 1].map((threshold) => Math.round(20 * Math.log10(gateRms(threshold) / 32768)))).toEqual([
      -50, -35, -20,
    ]);
  });
});

describe('the turn detector', () => {
  it('holds a turn through the fading end of a word, 6 dB below the gate', () => {
    const events: string[] = [];
    const detector = new TurnDetector(
      PCM16_24K,
      { threshold: 0.5, prefixPaddingMs: 0, silenceMs: () => 100 },
      0,
      {
        onSpeechStarted: (ms) => events.push(`start ${ms}`),
        onSpeechStopped: (ms) => events.push(`stop ${ms}`),
      },
    );
    const level = (rms: number, ms: number): Buffer =>
      Buffer.from(encodeSamples(new Int16Array(24 * ms).fill(rms), PCM16_24K));
    const gate = gateRms(0.5);
    detector.push(level(gate * 1.1, 100));
    detector.push(level(gate * 0.6, 400));
    expect(events).toEqual(['start 0']);
    detector.push(level(gate * 0.4, 100));
    expect(events).toEqual(['start 0', 'stop 600']);
  });
});

describe('the input buffer', () => {
  it('keeps its position over cuts, clears and another format', () => {
    const buffer = new InputAudioBuffer(PCMU_8K, true);
    buffer.append(Buffer.alloc(800, 1));
    expect(buffer.cut(40, 70)).toEqual({ bytes: Buffer.alloc(240, 1), durationMs: 30 });
    expect(buffer.lengthMs).toBe(30);
    buffer.changeFormat(PCM16_24K);
    buffer.append(Buffer.alloc(480));
    expect(buffer.writtenMs).toBe(110);
    buffer.clear();
    expect([buffer.writtenMs, buffer.lengthMs]).toEqual([110, 0]);
  });

  it('loses no byte where pieces and cuts cross', () => {
    const buffer = new InputAudioBuffer(PCMU_8K, true);
    const audio = Buffer.from(Array.from({ length: 4000 }, (_, index) => index % 251));
    for (let offset = 0; offset < audio.length; offset += 77)
      buffer.append(audio.subarray(offset, offset + 77));
    const parts = [buffer.cut(0, 33), buffer.cut(33, 34), buffer.cut(34, 400), buffer.cut()].map(
      (part) => part.bytes as Buffer,
    );
    expect(Buffer.concat(parts)).toEqual(audio);
  });

  it('counts without keeping when audio is not kept', () => {
    const buffer = new InputAudioBuffer(PCMU_8K, false);
    buffer.append(Buffer.alloc(800));
    expect(buffer.cut()).toEqual({ bytes: null, durationMs: 100 });
  });
});

describe('the byte tape', () => {
  it('keeps bytes in order up to its bound and counts the rest', () => {
    const tape = new ByteTape(10);
    for (let piece = 0; piece < 5; piece++) tape.write(Buffer.alloc(3, piece));
    expect([...tape.bytes()]).toEqual([0, 0, 0, 1, 1, 1, 2, 2, 2, 3]);
    expect([tape.totalBytes, tape.droppedBytes]).toEqual([15, 5]);
  });
});

describe('the built-in voice', () => {
  it('speaks 60 ms a character, the same way every time, and differently for different words', () => {
    expect(speakTones('hello world', PCMU_8K)).toHaveLength(11 * 60 * 8);
    expect(speakTones('hello', PCMU_8K)).toEqual(speakTones('hello', PCMU_8K));
    expect(speakTones('hello', PCMU_8K)).not.toEqual(speakTones('hullo', PCMU_8K));
  });

  it('is loud within words and silent between them', () => {
    const spoken = Buffer.from(speakTones('abcd efgh', PCM16_24K));
    const frames: number[] = [];
    new EnergyMeter(PCM16_24K, (rms) => frames.push(rms)).push(spoken);
    expect(frames.slice(0, 12).every((rms) => rms > gateRms(1))).toBe(true);
    expect(frames.slice(12, 15)).toEqual([0, 0, 0]);
    expect(frames.slice(15).every((rms) => rms > gateRms(1))).toBe(true);
  });

  it('is heard even without words', () => {
    expect(speakTones('', PCMU_8K)).toHaveLength(300 * 8);
  });

  it('hands out a steady tone without a seam, of any length', () => {
    const tone = steadyTone(2500, PCMU_8K);
    const whole = Buffer.from(tone.bytes(0, tone.byteLength));
    expect(whole).toHaveLength(20_000);
    expect(whole.subarray(20)).toEqual(whole.subarray(0, -20));
    const pieces = Array.from({ length: 13 }, (_, index) =>
      Buffer.from(tone.base64(index * 1600, 1600), 'base64'),
    );
    expect(Buffer.concat(pieces)).toEqual(whole);
  });

  it('caches its words', async () => {
    let made = 0;
    const speak = cachingSpeaker((text) => Promise.resolve(Buffer.from(`${text}${made++}`)), 2);
    for (const text of ['a', 'a', 'b', 'c', 'c', 'a']) await speak(text, PCMU_8K);
    expect(made).toBe(4);
  });
});
