import { describe, expect, it } from '@jest/globals';
import { defineTool } from '@tandem/contracts';
import { z } from 'zod';
import { providerError, HOUR_MS, ResilientScene } from './testing/resilient-scene.ts';

const MINUTE_MS = 60_000;
const { seedOf } = ResilientScene;
/** A slow caller, and an agent without idle prompts. */
const patient = { agent: { idle: { afterMs: 0 }, maxDurationMs: 4 * HOUR_MS } };
const book = defineTool({
  name: 'book',
  description: 'Books.',
  place: 'worker',
  arguments: z.strictObject({}),
  cancellable: false,
  deadlineMs: 8_000,
});
const anHour = () => new ResilientScene({ ...patient, maxSessionMs: HOUR_MS });

describe('the renewal of a session', () => {
  it('happens at the first pause after 50 minutes, without a gap, with the history as text', async () => {
    const call = anHour();
    await call.greeted();
    await call.passes(49 * MINUTE_MS);
    await call.callerSays('Are you still there?');
    await call.agentSays('Yes.');
    expect(call.opened).toEqual(['first-1']);
    await call.passes(MINUTE_MS);
    expect(call.moves).toEqual(['renewal to first-2 after 0 ms']);
    expect(seedOf(call.model)).toEqual([
      'agent: Good morning.',
      'caller: Are you still there?',
      'agent: Yes.',
    ]);
    expect(call.first.sessions[0]!.isClosed).toBe(true);
    await call.callerSays('Good.');
    await call.agentSays('What can I do for you?');
    expect(call.log.transcript().slice(-2)).toEqual(['caller: Good.', 'agent: What can I do for you?']);
    expect(call.model.asked).toEqual([]);
  });

  it('keeps the caller with the old session until the new one is ready', async () => {
    const call = anHour();
    await call.greeted();
    call.first.isReadyAtOnce = false;
    await call.passes(51 * MINUTE_MS);
    const [old, made] = call.first.sessions;
    await call.callerSpeaksFor(200);
    expect([old!.heard.length, made!.heard.length]).toEqual([10, 0]);
    made!.ready();
    await call.passes(1);
    // The replayed audio: the last moment of the line, in which a word may have begun.
    const before = made!.heard.length;
    await call.callerSpeaksFor(100);
    expect([old!.heard.length, made!.heard.length - before]).toEqual([10, 5]);
  });

  it('is dropped when the caller speaks, and tried again at the next pause: no turn is lost', async () => {
    const call = anHour();
    await call.greeted();
    call.first.isReadyAtOnce = false;
    await call.passes(51 * MINUTE_MS);
    const [old, made] = call.first.sessions;
    old!.hearsCallerStart();
    expect(made!.isClosed).toBe(true);
    made!.ready();
    call.first.isReadyAtOnce = true;
    await call.passes(500);
    old!.understands(old!.hearsCallerStop(), 'I am back.');
    await call.passes(1);
    expect(call.opened).toHaveLength(2);
    old!.says('Good.', { durationMs: 300 });
    await call.passes(400);
    expect(call.moves).toEqual(['renewal to first-3 after 0 ms']);
    expect(seedOf(call.model)).toEqual(['agent: Good morning.', 'caller: I am back.', 'agent: Good.']);
  });

  it('waits for the transcript of the caller’s last words', async () => {
    const call = anHour();
    await call.greeted();
    await call.passes(50 * MINUTE_MS - 10_000);
    const [old] = call.first.sessions;
    old!.hearsCallerStart();
    await call.passes(10_000);
    const item = old!.hearsCallerStop();
    old!.startResponse();
    old!.finish('cancelled'); // The caller's words need no answer.
    await call.passes(1_000);
    expect(call.opened).toHaveLength(1);
    old!.understands(item, 'One moment, I look for the paper.');
    await call.passes(1);
    expect(seedOf(call.model).at(-1)).toBe('caller: One moment, I look for the paper.');
    expect(call.moves).toEqual(['renewal to first-2 after 0 ms']);
  });

  it('does not happen while a tool runs', async () => {
    const call = new ResilientScene({
      agent: { ...patient.agent, toolWait: { fillerAfterMs: 0 } },
      maxSessionMs: HOUR_MS,
      tools: [book],
    });
    await call.greeted();
    await call.passes(49 * MINUTE_MS);
    const [old] = call.first.sessions;
    old!.startResponse();
    const callId = old!.callsTool({ name: 'book', arguments: {} });
    old!.finish('completed');
    await call.passes(2 * MINUTE_MS);
    expect(call.opened).toHaveLength(1);
    call.toolDispatcher.answer('book', { status: 'ok', value: {} });
    await call.passes(1);
    await call.agentSays('That is done.');
    expect(seedOf(call.model)).toEqual([
      'agent: Good morning.',
      `tool-call ${callId}`,
      `tool-result ${callId}`,
      'agent: That is done.',
    ]);
  });

  it('is forced shortly before the end without a pause, and the caller’s words are replayed', async () => {
    const call = anHour();
    await call.greeted();
    await call.passes(49 * MINUTE_MS);
    const [old] = call.first.sessions;
    old!.hearsCallerStart();
    await call.passes(9 * MINUTE_MS - 3_000);
    expect(call.opened).toHaveLength(1);
    await call.callerSpeaksFor(4_000);
    expect(call.moves).toEqual(['renewal to first-2 after 0 ms']);
    expect(call.model.heard.length * 20).toBeGreaterThanOrEqual(4_000);
    call.model.hearsCallerStart();
    call.model.understands(call.model.hearsCallerStop(), 'And that was the whole story.');
    await call.passes(1);
    expect(call.log.transcript().at(-1)).toBe('caller: And that was the whole story.');
    expect(call.log.of('caller.spoke')).toHaveLength(1);
  });

  it('that fails leaves the session in use, and is tried again', async () => {
    const call = anHour();
    await call.greeted();
    call.first.refusals.push(providerError('server', 'http-503'));
    await call.passes(50 * MINUTE_MS + 100);
    expect(call.moves).toEqual([]);
    expect(call.log.of('model.faulted')).toMatchObject([{ code: 'http-503' }]);
    await call.passes(2 * MINUTE_MS);
    expect(call.moves).toEqual(['renewal to first-3 after 0 ms']);
  });

  it('under way when the old session is lost takes its place', async () => {
    const call = anHour();
    await call.greeted();
    call.first.isReadyAtOnce = false;
    await call.passes(51 * MINUTE_MS);
    call.first.sessions[0]!.gone(providerError('server', 'session_expired'));
    await call.passes(200);
    call.first.sessions[1]!.ready();
    await call.passes(1);
    expect(call.opened).toHaveLength(2);
    expect(call.moves).toEqual(['cut to first-2 after 200 ms']);
  });

  it('goes on for hours', async () => {
    const call = anHour();
    await call.greeted();
    for (let quarter = 1; quarter <= 12; quarter += 1) {
      await call.passes(15 * MINUTE_MS);
      await call.callerSays(`Question ${quarter}.`);
      await call.agentSays(`Answer ${quarter}.`);
    }
    expect(call.moves.length).toBeGreaterThanOrEqual(3);
    expect(call.moves.every((move) => move.startsWith('renewal') && move.endsWith('after 0 ms'))).toBe(true);
    expect(call.log.transcript()).toHaveLength(1 + 24);
    expect(seedOf(call.model).length).toBeGreaterThanOrEqual(17);
    call.stream.leave('caller-hangup');
    await call.passes(5_000);
    expect(call.clock.pendingTimers).toBe(0);
  });
});
