import { afterEach, describe, expect, it } from '@jest/globals';
import { ManualClock, seededRandom } from '@tandem/kit';
import { tone } from '../behaviours/tone.ts';
import { deltaBytes, SessionBench } from '../testing/session-bench.ts';
import { asObject, at, type JsonObject } from '../wire/json.ts';
import { FAULT_KINDS, faultSpecProblem, type FaultSpec } from './fault-spec.ts';
import { Faults } from './faults.ts';
import type { FaultTarget, Strike } from './session-faults.ts';

class Victim implements FaultTarget {
  readonly id: string;
  readonly struck: Strike[] = [];
  private readonly clock: ManualClock;
  private readonly openedAt: number;

  constructor(id: string, clock: ManualClock) {
    this.id = id;
    this.clock = clock;
    this.openedAt = clock.now();
  }

  get ageMs(): number {
    return this.clock.now() - this.openedAt;
  }

  strike(action: Strike): void {
    this.struck.push(action);
  }
}

const HANG: FaultSpec = { kind: 'hang' };

describe('when a fault strikes', () => {
  it('strikes open sessions at once and new ones after opening', async () => {
    const clock = new ManualClock();
    const faults = new Faults(clock);
    const old = new Victim('old', clock);
    faults.attach(old);
    faults.add(HANG);
    await clock.pass(0);
    const young = new Victim('young', clock);
    faults.attach(young);
    await clock.pass(0);
    expect([old.struck.length, young.struck.length]).toEqual([1, 1]);
  });

  it.each([
    ['open', 1, 0],
    ['new', 0, 1],
    ['all', 1, 1],
  ] as const)(
    'with sessions "%s" strikes the open one %i and the new one %i times',
    async (sessions, onOld, onYoung) => {
      const clock = new ManualClock();
      const faults = new Faults(clock);
      const old = new Victim('old', clock);
      faults.attach(old);
      faults.add({ ...HANG, sessions });
      const young = new Victim('young', clock);
      faults.attach(young);
      await clock.pass(0);
      expect([old.struck.length, young.struck.length]).toEqual([onOld, onYoung]);
    },
  );

  it('waits until the session is old enough', async () => {
    const clock = new ManualClock();
    const faults = new Faults(clock);
    const victim = new Victim('v', clock);
    faults.attach(victim);
    await clock.pass(400);
    faults.add({ ...HANG, afterOpenMs: 1000 });
    await clock.pass(599);
    expect(victim.struck).toEqual([]);
    await clock.pass(1);
    expect(victim.struck).toHaveLength(1);
  });

  it('strikes one session by its id', async () => {
    const clock = new ManualClock();
    const faults = new Faults(clock);
    const [a, b] = [new Victim('a', clock), new Victim('b', clock)];
    faults.attach(a);
    faults.attach(b);
    faults.add({ ...HANG, session: 'b' });
    await clock.pass(0);
    expect([a.struck.length, b.struck.length]).toEqual([0, 1]);
  });

  it('ends after its number of times', async () => {
    const clock = new ManualClock();
    const faults = new Faults(clock);
    faults.add({ kind: 'refuse', status: 503, times: 2 });
    expect(
      [faults.atHandshake(), faults.atHandshake(), faults.atHandshake()].map((fault) => fault?.kind ?? null),
    ).toEqual(['refuse', 'refuse', null]);
    expect(faults.list()).toEqual([]);
    await clock.pass(0);
  });

  it('has no effect once removed, even if a timer was running', async () => {
    const clock = new ManualClock();
    const faults = new Faults(clock);
    const victim = new Victim('v', clock);
    faults.attach(victim);
    const id = faults.add({ ...HANG, afterOpenMs: 100 });
    expect(faults.remove(id)).toBe(true);
    expect(faults.remove(id)).toBe(false);
    await clock.pass(200);
    expect(victim.struck).toEqual([]);
  });

  it('strikes at random, the same way for the same seed', () => {
    const draw = (seed: number): number => {
      const faults = new Faults(new ManualClock(), seed);
      faults.add({ kind: 'refuse', status: 500, probability: 0.25 });
      return Array.from({ length: 400 }, () => faults.atHandshake()).filter((fault) => fault !== null).length;
    };
    expect(draw(7)).toBe(draw(7));
    expect(draw(7)).toBeGreaterThan(60);
    expect(draw(7)).toBeLessThan(140);
  });

  it('draws numbers evenly', () => {
    const random = seededRandom(3);
    const numbers = Array.from({ length: 1000 }, random);
    expect(numbers.every((number) => number >= 0 && number < 1)).toBe(true);
    expect(numbers.filter((number) => number < 0.5).length).toBeGreaterThan(430);
    expect(numbers.filter((number) => number < 0.5).length).toBeLessThan(570);
  });

  it('lists active faults with their strikes so far', async () => {
    const clock = new ManualClock();
    const faults = new Faults(clock);
    faults.attach(new Victim('v', clock));
    const id = faults.add(HANG);
    await clock.pass(0);
    expect(faults.list()).toEqual([{ id, spec: HANG, struck: 1 }]);
    faults.clear();
    expect(faults.list()).toEqual([]);
  });
});

describe('faults of a session', () => {
  let bench: SessionBench;

  afterEach(() => expect(bench.misfits).toEqual([]));

  function open(spec: FaultSpec): SessionBench {
    bench = new SessionBench({ behaviour: tone({ toneMs: 2000 }) });
    bench.addFault(spec);
    return bench;
  }

  const done = (): JsonObject => asObject(bench.last('response.done')['response']);

  it('hang: sends nothing more, not even later', async () => {
    open({ kind: 'hang', response: 1, audioMs: 600 });
    bench.send({ type: 'response.create' });
    await bench.advance(60_000);
    expect(deltaBytes(bench.sent).length / 48).toBe(600);
    bench.send({ type: 'response.cancel' });
    bench.send({ type: 'session.update', session: { type: 'realtime' } });
    expect(bench.types().at(-1)).toBe('response.output_audio.delta');
    expect(bench.session.recording.counters.suppressed).toBeGreaterThan(0);
    expect(bench.socketStrikes).toMatchObject([{ kind: 'hang' }]);
  });

  it('cut: strikes in the middle of the chosen answer and leaves others alone', async () => {
    open({ kind: 'cut', how: 'reset', response: 2, audioMs: 400 });
    bench.send({ type: 'response.create' });
    await bench.advance(5000);
    expect(bench.socketStrikes).toEqual([]);
    bench.send({ type: 'response.create' });
    await bench.advance(300);
    expect(bench.socketStrikes).toEqual([]);
    await bench.advance(40);
    expect(bench.socketStrikes).toMatchObject([{ kind: 'cut', how: 'reset' }]);
  });

  it('each: strikes once in every answer', async () => {
    open({ kind: 'error-event', error: 'server_error', response: 'each', audioMs: 200 });
    for (let turn = 0; turn < 3; turn++) {
      bench.send({ type: 'response.create' });
      await bench.advance(5000);
    }
    expect(bench.errors).toHaveLength(3);
  });

  it.each([
    ['server_error', 'server_error', null],
    ['rate_limit_exceeded', 'tokens', 'rate_limit_exceeded'],
    ['insufficient_quota', 'insufficient_quota', 'insufficient_quota'],
    ['invalid_request', 'invalid_request_error', 'invalid_value'],
    ['authentication', 'invalid_request_error', 'invalid_api_key'],
  ] as const)('error-event %s: an error, and the session continues', async (error, type, code) => {
    open({ kind: 'error-event', error });
    await bench.advance(0);
    expect(bench.lastError).toMatchObject({ type, code, event_id: null });
    bench.send({ type: 'response.create' });
    await bench.advance(5000);
    expect(done()).toMatchObject({ status: 'completed' });
  });

  it('slow-first-byte: adds to the wait', async () => {
    open({ kind: 'slow-first-byte', delayMs: 2000, response: 1 });
    bench.send({ type: 'response.create' });
    await bench.advance(2299);
    expect(bench.of('response.output_audio.delta')).toEqual([]);
    await bench.advance(1);
    expect(bench.of('response.output_audio.delta')).toHaveLength(1);
  });

  it('slow-audio: generates slower than it plays', async () => {
    open({ kind: 'slow-audio', audioRate: 0.5 });
    bench.send({ type: 'response.create' });
    await bench.advance(300 + 2000);
    expect(deltaBytes(bench.sent).length / 48).toBeLessThanOrEqual(1200);
    expect(bench.of('response.done')).toEqual([]);
  });

  it.each([
    ['server_error', 'failed', { type: 'failed', error: { type: 'server_error' } }],
    ['rate_limit_exceeded', 'failed', { type: 'failed', error: { code: 'rate_limit_exceeded' } }],
    ['insufficient_quota', 'failed', { type: 'failed', error: { code: 'insufficient_quota' } }],
    ['max_output_tokens', 'incomplete', { type: 'incomplete', reason: 'max_output_tokens' }],
    ['content_filter', 'incomplete', { type: 'incomplete', reason: 'content_filter' }],
    ['mute', 'completed', null],
  ] as const)('fail-response %s: the answer ends %s', async (as, status, details) => {
    open({ kind: 'fail-response', as, times: 1 });
    bench.send({ type: 'response.create' });
    await bench.advance(5000);
    expect(done()).toMatchObject({ status, status_details: details, output: [] });
    bench.send({ type: 'response.create' });
    await bench.advance(5000);
    expect(done()).toMatchObject({ status: 'completed' });
  });

  it('fail-response with audioMs: the answer breaks off in its middle', async () => {
    open({ kind: 'fail-response', as: 'server_error', response: 1, audioMs: 400 });
    bench.send({ type: 'response.create' });
    await bench.advance(5000);
    expect(done()).toMatchObject({ status: 'failed', output: [{ status: 'incomplete' }] });
    expect(deltaBytes(bench.sent).length / 48).toBe(400);
  });

  it('expire: sends the error and closes', async () => {
    open({ kind: 'expire', afterOpenMs: 3000 });
    await bench.advance(3000);
    expect(bench.lastError).toMatchObject({ code: 'session_expired' });
    expect(bench.closes).toMatchObject([{ code: 1001 }]);
  });

  it('fail-transcription: reports the transcription as failed', async () => {
    open({ kind: 'fail-transcription', times: 1 });
    bench.update({ audio: { input: { transcription: { model: 'gpt-transcribe' } } } });
    bench.speak(300);
    bench.silence(500);
    await bench.advance(400);
    expect(bench.last('conversation.item.input_audio_transcription.failed')).toMatchObject({
      item_id: bench.last('input_audio_buffer.committed')['item_id'],
      content_index: 0,
      error: { code: 'audio_unintelligible' },
    });
    expect(bench.of('conversation.item.input_audio_transcription.completed')).toEqual([]);
  });

  it('refuse-update: refuses the configuration, and the session continues', () => {
    open({ kind: 'refuse-update', times: 1 });
    bench.update({ instructions: 'Be brief.' });
    expect(bench.lastError).toMatchObject({ code: 'unknown_parameter' });
    expect(bench.of('session.updated')).toEqual([]);
    bench.update({ instructions: 'Be brief.' });
    expect(bench.of('session.updated')).toHaveLength(1);
  });

  it.each([
    ['unknown-event', (text: JsonObject) => expect(text['type']).toBe('response.not_yet_invented')],
    ['unknown-field', (text: JsonObject) => expect(text).toHaveProperty('not_yet_invented')],
    ['missing-field', (text: JsonObject) => expect(text).not.toHaveProperty('delta')],
    ['wrong-type', (text: JsonObject) => expect(text['delta']).toBe(42)],
    ['malformed-json', (text: JsonObject) => expect(text['type']).toBe('unparsable')],
    ['oversize', (text: JsonObject) => expect(String(text['delta']).length).toBe(8 * 1024 * 1024)],
  ] as const)('bad-event %s: is sent unchanged', async (what, check) => {
    open({ kind: 'bad-event', what });
    await bench.advance(0);
    check(bench.sent.at(-1) ?? {});
  });

  it('counts its strikes', async () => {
    open({ kind: 'error-event', error: 'server_error' });
    await bench.advance(0);
    expect(bench.session.recording.counters.faults).toBe(1);
    expect(at(bench.session.recording.counters.refusals, 'none')).toBe(1);
  });
});

describe('a fault in external data', () => {
  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['an unknown kind', { kind: 'explode' }],
    ['a missing field', { kind: 'refuse' }],
    ['an unknown status', { kind: 'refuse', status: 418 }],
    ['an unknown field', { kind: 'hang', now: true }],
    ['audioMs without a response', { kind: 'hang', audioMs: 100 }],
    ['a trigger that cannot be', { kind: 'refuse', status: 500, response: 1 }],
    ['a probability above 1', { kind: 'expire', probability: 2 }],
    ['a response 0', { kind: 'expire', response: 0 }],
  ])('is refused for %s', (_, spec) => {
    expect(faultSpecProblem(spec)).not.toBeNull();
  });

  it('is accepted for every kind', () => {
    const samples: FaultSpec[] = [
      { kind: 'refuse', status: 429, retryAfterS: 2, times: 3 },
      { kind: 'refuse-in-band', code: 'invalid_api_key' },
      { kind: 'slow-handshake' },
      { kind: 'hang', answersPings: false, afterOpenMs: 10 },
      { kind: 'cut', how: 'close', closeCode: 4500, closeReason: 'x', response: 'each', audioMs: 20 },
      { kind: 'error-event', error: 'server_error', session: 'sess_1' },
      { kind: 'slow-first-byte', delayMs: 1 },
      { kind: 'slow-audio', audioRate: 0.8, response: 2 },
      { kind: 'fail-response', as: 'content_filter', audioMs: 5, response: 1 },
      { kind: 'bad-event', what: 'binary', sessions: 'open' },
      { kind: 'expire', probability: 0.5 },
      { kind: 'stall-reading', forMs: 10 },
      { kind: 'fail-transcription' },
      { kind: 'refuse-update', times: 1 },
      { kind: 'fail-mcp-list' },
      { kind: 'fail-mcp-call', times: 1 },
      { kind: 'hang-mcp-call', session: 'sess_1' },
    ];
    expect(samples.map(faultSpecProblem)).toEqual(samples.map(() => null));
    expect(new Set(samples.map((sample) => sample.kind))).toEqual(new Set(FAULT_KINDS));
  });
});
