import { describe, expect, it } from '@jest/globals';
import type { NewCallEvent } from '@tandem/contracts';
import { foldCall } from './fold-call.ts';
import {
  admitted,
  agentSpoke,
  attached,
  called,
  callerSpoke,
  callId,
  ended,
  finished,
  finishedLate,
  log,
  t0,
  tenantId,
  toolCallId,
} from './test/call-log.ts';

describe('folding a call', () => {
  it('puts the transcript in the order of speaking, not of arrival', () => {
    const record = foldCall(
      callId,
      tenantId,
      log(
        [0, admitted],
        [300, attached()],
        [5000, agentSpoke('Hello', 400)],
        [5100, agentSpoke('Which day?', 3000)],
        [5200, callerSpoke('A plumber', 1500)],
      ),
    );
    expect(record?.utterances.map(({ speaker, text }) => `${speaker}: ${text}`)).toEqual([
      'agent: Hello',
      'caller: A plumber',
      'agent: Which day?',
    ]);
  });

  it('measures from the answer, and keeps the first of two endings', () => {
    const record = foldCall(
      callId,
      tenantId,
      log([0, admitted], [300, attached()], [9000, ended('agent-goodbye')], [9500, ended('relay-lost')]),
    );
    expect(record).toMatchObject({
      durationMs: 8700,
      termination: { class: 'completed', reason: 'agent-goodbye' },
      status: 'completed',
      disposition: { outcome: 'abandoned' },
    });
  });

  it('records the outcome that came after a tool call had timed out', () => {
    const outcome = { status: 'ok' as const, value: { reference: 'NW-4711' } };
    const record = foldCall(
      callId,
      tenantId,
      log(
        [0, admitted],
        [300, attached()],
        [3000, called],
        [11_000, finished({ status: 'timed-out' })],
        [12_000, finishedLate(outcome)],
        [14_000, ended('caller-hangup')],
      ),
    );
    expect(record?.toolCalls).toMatchObject([{ outcome, tookMs: 9_000 }]);
    expect(record?.disposition).toMatchObject({ outcome: 'booked' });
  });

  it('joins tool calls with their outcomes; the disposition of a booking is booked', () => {
    const outcome = { status: 'ok' as const, value: { reference: 'NW-4711' } };
    const record = foldCall(
      callId,
      tenantId,
      log(
        [0, admitted],
        [300, attached()],
        [3000, called],
        [3080, finished(outcome)],
        [3500, finished({ status: 'timed-out' })],
        [9000, ended('caller-hangup')],
      ),
    );
    expect(record?.toolCalls).toEqual([
      {
        toolCallId,
        name: 'book_appointment',
        arguments: { service: 'plumbing' },
        outcome,
        startedAtMs: 3000,
        tookMs: 80,
      },
    ]);
    expect(record?.disposition).toEqual({ outcome: 'booked', detail: 'NW-4711' });
  });

  it('has one turn where a lost transcript came late', () => {
    const late: NewCallEvent = {
      type: 'caller.spoke',
      data: { itemId: 'c1000', text: 'A plumber', startedAtMs: 1000, endedAtMs: 1500 },
    };
    const record = foldCall(
      callId,
      tenantId,
      log([0, admitted], [300, attached()], [11_500, callerSpoke('', 1000)], [12_000, late]),
    );
    expect(record?.utterances.map(({ text }) => text)).toEqual(['A plumber']);
  });

  it('keeps a tool call without an outcome', () => {
    const record = foldCall(
      callId,
      tenantId,
      log([0, admitted], [300, attached()], [3000, called], [9000, ended('relay-lost')]),
    );
    expect(record?.toolCalls[0]).toMatchObject({ outcome: null, tookMs: null });
    expect(record?.disposition).toEqual({ outcome: 'failed', detail: 'relay-lost' });
  });

  it('makes each stream a leg that lasts until the next one or the end', () => {
    const record = foldCall(
      callId,
      tenantId,
      log([0, admitted], [300, attached(1), 1, 1], [4000, attached(2), 2, 2], [9000, ended('agent-goodbye')]),
    );
    expect(
      record?.legs.map(({ epoch, relayId, attachedAt, detachedAt }) => [
        epoch,
        relayId,
        attachedAt.getTime() - t0,
        detachedAt!.getTime() - t0,
      ]),
    ).toEqual([
      [1, 'relay-1', 300, 4000],
      [2, 'relay-2', 4000, 9000],
    ]);
  });

  it('has the same status for unnumbered reports in any order', () => {
    const reports = (['ringing', 'in-progress', 'initiated'] as const).map(
      (status): [number, NewCallEvent] => [100, { type: 'carrier.reported', data: { status, sequence: 0 } }],
    );
    const statusOf = (order: typeof reports) =>
      foldCall(callId, tenantId, log([0, admitted], ...order))?.status;
    expect([statusOf(reports), statusOf([...reports].reverse())]).toEqual(['in-progress', 'in-progress']);
  });

  it('takes the final status of the carrier, although it arrived before others', () => {
    const report = (status: 'completed' | 'in-progress' | 'ringing', sequence: number): NewCallEvent => ({
      type: 'carrier.reported',
      data: { status, sequence },
    });
    expect(
      foldCall(
        callId,
        tenantId,
        log([0, admitted], [1, report('completed', 3)], [2, report('in-progress', 2)]),
      )?.status,
    ).toBe('completed');
    expect(
      foldCall(callId, tenantId, log([0, admitted], [1, report('in-progress', 2)], [2, report('ringing', 1)]))
        ?.status,
    ).toBe('in-progress');
    expect(foldCall(callId, tenantId, log([0, admitted]))?.status).toBe('ringing');
  });

  it('masks long numbers, also those spoken piece by piece', () => {
    const events = log(
      [0, admitted],
      [1, callerSpoke('It is four one one one', 1_000)],
      [2, agentSpoke('Yes?', 2_000)],
      [3, callerSpoke('one one one one one one one one', 3_000)],
      [4, callerSpoke('one one one one.', 4_000)],
      [5, agentSpoke('4111 1111 1111 1111, right?', 5_000)],
    );
    expect(foldCall(callId, tenantId, events)?.utterances.map(({ text }) => text)).toEqual([
      'It is [card number]',
      'Yes?',
      '[card number]',
      '[card number].',
      '[card number], right?',
    ]);
    const tool = log(
      [0, admitted],
      [1, { ...called, data: { ...called.data, arguments: { notes: '4111111111111111' } } } as NewCallEvent],
      [2, finished({ status: 'ok', value: { notes: '4111111111111112' } })],
    );
    expect(foldCall(callId, tenantId, tool)?.toolCalls[0]).toMatchObject({
      arguments: { notes: '[card number]' },
      outcome: { value: { notes: '[long number]' } },
    });
  });

  it('counts missing events: dropped by each owner, and unread', () => {
    const cut = (dropped: number): NewCallEvent => ({ type: 'log.cut', data: { dropped, atMs: 1 } });
    const events = log([0, admitted], [1, cut(1), 1, 1], [2, cut(7), 2, 1], [3, cut(5), 3, 2]);
    expect(foldCall(callId, tenantId, events, { bookings: [], unread: 2 })?.missingEvents).toBe(14);
    expect(foldCall(callId, tenantId, log([0, admitted]))?.missingEvents).toBe(0);
  });

  it('has language, variant and group of admission', () => {
    const data = {
      ...(admitted.data as object),
      language: 'es',
      variantKey: 'short',
      callerGroup: 'primary',
    };
    expect(foldCall(callId, tenantId, log([0, { ...admitted, data } as NewCallEvent]))).toMatchObject({
      language: 'es',
      variantKey: 'short',
      callerGroup: 'primary',
    });
  });

  it('has the recordings, also one that broke off with its relay', () => {
    const [first, second] = ['7f8a3c52-5d0e-4d43-9f0e-0a4b6a2d9c11', '7f8a3c52-5d0e-4d43-9f0e-0a4b6a2d9c12'];
    const changed = (recordingId: string, state: 'started' | 'paused', atMs: number): NewCallEvent => ({
      type: 'recording.changed',
      data: { recordingId, state, atMs },
    });
    const done: NewCallEvent = {
      type: 'recording.finished',
      data: { recordingId: second, durationMs: 4_000, bytes: 64_000, outcome: 'complete', atMs: 9_000 },
    };
    const events = log(
      [0, admitted],
      [300, attached()],
      [300, changed(first, 'started', 300)],
      [900, changed(first, 'paused', 900)],
      [5000, attached(2)],
      [5000, changed(second, 'started', 5000)],
    );
    expect(foldCall(callId, tenantId, events)?.recordings.map(({ outcome }) => outcome)).toEqual([
      'running',
      'running',
    ]);
    expect(
      foldCall(callId, tenantId, [...events, ...log([9000, ended('caller-hangup')], [9010, done])])
        ?.recordings,
    ).toEqual([
      { recordingId: first, startedAtMs: 300, durationMs: null, bytes: null, outcome: 'failed' },
      { recordingId: second, startedAtMs: 5000, durationMs: 4_000, bytes: 64_000, outcome: 'complete' },
    ]);
  });

  it('is null without the event that admitted the call', () => {
    expect(foldCall(callId, tenantId, log([300, attached()]))).toBeNull();
  });
});
