import { describe, expect, it } from '@jest/globals';
import { UtteranceDetector, utteranceRules, type UtteranceRules } from './vad.ts';
import { FRAME_SAMPLES, openVoiceDetector } from './voice-detector.ts';

const RULES: UtteranceRules = { silenceMs: 500, prefixMs: 300, gateDb: -45, maxMs: 15_000 };

/** A vowel: harmonics of 120 Hz under two formants, swelling four times a second as syllables do. */
function vowel(ms: number, level = 6_000): number[] {
  const harmonics = Array.from({ length: 28 }, (_, index) => (index + 1) * 120);
  const weight = (hz: number) =>
    Math.exp(-(((hz - 650) / 250) ** 2)) + 0.6 * Math.exp(-(((hz - 1_100) / 300) ** 2)) + 0.05;
  const total = harmonics.reduce((sum, hz) => sum + weight(hz), 0);
  return Array.from({ length: ms * 8 }, (_, at) => {
    const swell = 0.55 - 0.45 * Math.cos((2 * Math.PI * 4 * at) / 8_000);
    return Math.round(
      (level *
        swell *
        harmonics.reduce((sum, hz) => sum + weight(hz) * Math.sin((2 * Math.PI * hz * at) / 8_000), 0)) /
        (total / 3),
    );
  });
}

const silence = (ms: number): number[] => new Array<number>(ms * 8).fill(0);

/** Hiss of a line, from a fixed seed. */
function hiss(ms: number, level: number): number[] {
  let seed = 7;
  return Array.from({ length: ms * 8 }, () =>
    Math.round(((seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0) / 2 ** 31 - 1) * level),
  );
}

interface DetectedUtterance {
  readonly startedAtMs: number;
  readonly stoppedAtMs: number;
  readonly lengthMs: number;
}

async function utterances(sound: number[], rules: UtteranceRules = RULES): Promise<DetectedUtterance[]> {
  const detector = await openVoiceDetector();
  const ears = new UtteranceDetector(detector, rules);
  const found: DetectedUtterance[] = [];
  let startedAtMs = 0;
  for (let at = 0; at + FRAME_SAMPLES <= sound.length; at += FRAME_SAMPLES) {
    const event = ears.push(Int16Array.from(sound.slice(at, at + FRAME_SAMPLES)));
    const nowMs = at / 8 + 20;
    if (event?.kind === 'started') startedAtMs = nowMs;
    if (event?.kind === 'stopped')
      found.push({ startedAtMs, stoppedAtMs: nowMs, lengthMs: event.frames.length * 20 });
  }
  detector.free();
  return found;
}

describe('voice activity', () => {
  it('finds one utterance, with what led up to it and a little of what followed', async () => {
    const found = await utterances([...silence(1_000), ...vowel(1_000), ...silence(1_000)]);
    expect(found).toHaveLength(1);
    const [{ startedAtMs, stoppedAtMs, lengthMs }] = found as [DetectedUtterance];
    expect(startedAtMs).toBeGreaterThanOrEqual(1_060);
    expect(startedAtMs).toBeLessThanOrEqual(1_200);
    expect(stoppedAtMs - 2_000).toBeGreaterThanOrEqual(400);
    expect(stoppedAtMs - 2_000).toBeLessThanOrEqual(700);
    expect(lengthMs).toBeGreaterThanOrEqual(1_000 + 300);
    expect(lengthMs).toBeLessThanOrEqual(1_000 + 300 + 120 + 400);
  });

  it('hears nothing in silence, in hiss, in a click and in a hum', async () => {
    const click = [...silence(500), ...hiss(10, 20_000), ...silence(1_000)];
    const hum = Array.from({ length: 24_000 }, (_, at) =>
      Math.round(1_500 * Math.sin((2 * Math.PI * 50 * at) / 8_000)),
    );
    expect(await utterances(silence(3_000))).toEqual([]);
    expect(await utterances(hiss(3_000, 150))).toEqual([]);
    expect(await utterances(click)).toEqual([]);
    expect(await utterances(hum)).toEqual([]);
  });

  it('hears a voice over the hiss of a line', async () => {
    const noise = hiss(3_000, 150);
    const voice = [...silence(1_000), ...vowel(800), ...silence(1_200)];
    expect(await utterances(noise.map((sample, at) => sample + (voice[at] as number)))).toHaveLength(1);
  });

  it('takes a short pause for a breath, and a long one for the end', async () => {
    const talk = (pauseMs: number) => [
      ...silence(300),
      ...vowel(500),
      ...silence(pauseMs),
      ...vowel(500),
      ...silence(900),
    ];
    expect(await utterances(talk(200))).toHaveLength(1);
    expect(await utterances(talk(900))).toHaveLength(2);
    expect(await utterances(talk(900), { ...RULES, silenceMs: 1_500 })).toHaveLength(0);
  });

  it('cuts what never ends', async () => {
    const found = await utterances([...silence(400), ...vowel(4_000), ...silence(800)], {
      ...RULES,
      maxMs: 1_500,
    });
    expect(found.length).toBeGreaterThanOrEqual(2);
    for (const { lengthMs } of found) expect(lengthMs).toBeLessThanOrEqual(1_500);
  });

  it('lets quiet voices pass or not as it is told', async () => {
    const murmur = [...silence(400), ...vowel(800, 500), ...silence(900)];
    expect(await utterances(murmur, { ...RULES, gateDb: -60 })).toHaveLength(1);
    expect(await utterances(murmur, { ...RULES, gateDb: -35 })).toHaveLength(0);
  });

  it('keeps lines apart that listen at the same time', async () => {
    const [one, other] = await Promise.all([
      utterances([...silence(400), ...vowel(600), ...silence(900)]),
      utterances(silence(1_900)),
    ]);
    expect(one).toHaveLength(1);
    expect(other).toHaveLength(0);
  });

  it('ends what is being said when the line does', async () => {
    const detector = await openVoiceDetector();
    const ears = new UtteranceDetector(detector, RULES);
    expect(ears.finish()).toBeNull();
    const sound = vowel(600);
    for (let at = 0; at < sound.length; at += FRAME_SAMPLES)
      ears.push(Int16Array.from(sound.slice(at, at + FRAME_SAMPLES)));
    const event = ears.finish();
    expect(event?.kind).toBe('stopped');
    expect(event?.kind === 'stopped' && event.frames.length).toBe(30);
    expect(ears.finish()).toBeNull();
    detector.free();
  });
});

describe('turn detection', () => {
  it('is taken over as it is set', () => {
    expect(
      utteranceRules({ kind: 'server-vad', threshold: 0.5, prefixPaddingMs: 200, silenceMs: 700 }, 9_000),
    ).toEqual({ silenceMs: 700, prefixMs: 200, gateDb: -45, maxMs: 9_000 });
    expect(
      utteranceRules({ kind: 'server-vad', threshold: 1, prefixPaddingMs: 0, silenceMs: 100 }, 9_000).gateDb,
    ).toBe(-30);
  });

  it('is patience where it should be sense', () => {
    const silenceOf = (eagerness: 'low' | 'medium' | 'high' | 'auto') =>
      utteranceRules({ kind: 'semantic-vad', eagerness }, 9_000).silenceMs;
    expect(silenceOf('auto')).toBe(silenceOf('medium'));
    expect(silenceOf('low')).toBeGreaterThan(silenceOf('medium'));
    expect(silenceOf('high')).toBeLessThan(silenceOf('medium'));
  });
});
