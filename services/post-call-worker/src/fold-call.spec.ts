import { describe, expect, it } from '@jest/globals';
import {
  termination,
  type CallEvent,
  type NewCallEvent,
  type CallId,
  type RelayId,
  type TenantId,
  type TerminationReason,
  type ToolCallId,
} from '@tandem/contracts';
import { foldCall } from './fold-call.ts';

const callId = 'c3f2a0de-41c6-4b7c-8f65-2f1f3f3f7b01' as CallId;
const tenantId = '0b0c1d7e-8a3f-4f0e-9a36-52f4f4b7a001' as TenantId;
const t0 = Date.UTC(2026, 10, 21, 15, 0, 0);
const toolCallId = `tc_${callId}_1_call_1` as ToolCallId;

const log = (...facts: [atMs: number, fact: NewCallEvent, seq?: number, epoch?: number][]): CallEvent[] =>
  facts.map(([atMs, fact, seq = 0, epoch = 1]) => ({ ...fact, at: t0 + atMs, seq, epoch }));

const admitted: NewCallEvent = {
  type: 'call.admitted',
  data: {
    direction: 'inbound',
    channel: 'twilio',
    from: '+12025550123',
    to: '+12025550100',
    carrierCallId: 'CA1',
    agentId: '7f8a3c52-5d0e-4d43-9f0e-0a4b6a2d9c11',
    agentName: 'Sarah',
    agentVersion: 3,
    modelKind: 'guided',
    language: 'en-US',
    variantKey: null,
    attestation: null,
    callerGroup: null,
  },
};
const attached = (epoch = 1): NewCallEvent => ({
  type: 'stream.attached',
  data: { relayId: `relay-${epoch}` as RelayId, epoch, streamId: `MZ${epoch}` },
});
const callerSpoke = (text: string, startedAtMs: number): NewCallEvent => ({
  type: 'caller.spoke',
  data: { itemId: `c${startedAtMs}`, text, startedAtMs, endedAtMs: startedAtMs + 500 },
});
const agentSpoke = (text: string, startedAtMs: number): NewCallEvent => ({
  type: 'agent.spoke',
  data: {
    itemId: `a${startedAtMs}`,
    text,
    startedAtMs,
    endedAtMs: startedAtMs + 500,
    heardMs: 500,
    generatedMs: 500,
    interrupted: false,
  },
});
const called: NewCallEvent = {
  type: 'tool.called',
  data: {
    toolCallId,
    providerCallId: 'call_1',
    name: 'book_appointment',
    arguments: { service: 'plumbing' },
    atMs: 3000,
  },
};
const finished = (
  outcome: Extract<NewCallEvent, { type: 'tool.finished' }>['data']['outcome'],
): NewCallEvent => ({
  type: 'tool.finished',
  data: { toolCallId, providerCallId: 'call_1', name: 'book_appointment', outcome, tookMs: 80, atMs: 3080 },
});
const ended = (reason: Parameters<typeof termination>[0]): NewCallEvent => ({
  type: 'call.ended',
  data: { termination: termination(reason), atMs: 9000 },
});

describe('folding a call', () => {
  it('puts the transcript in the order of speaking, whatever order the words arrived in', () => {
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

  it('joins tool calls with their outcomes, and calls a booked one booked', () => {
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

  it('finds out what was booked where the caller was told that it is uncertain', () => {
    const events = log(
      [0, admitted],
      [300, attached()],
      [1000, callerSpoke('Nine please', 1000)],
      [3000, called],
      [11_000, finished({ status: 'timed-out' })],
      [12_000, ended('agent-goodbye')],
    );
    expect(
      foldCall(callId, tenantId, events, { bookings: [{ reference: 'K48213', toolCallId }], unread: 0 })
        ?.disposition,
    ).toEqual({ outcome: 'to-confirm', detail: 'K48213 is booked, and the caller does not know' });
    expect(foldCall(callId, tenantId, events)?.disposition).toEqual({
      outcome: 'to-confirm',
      detail: 'nothing is booked, and the caller does not know',
    });
  });

  describe('that booked more than the caller was told', () => {
    const second = `tc_${callId}_1_call_2` as ToolCallId;
    const again = (fact: NewCallEvent): NewCallEvent =>
      ({ ...fact, data: { ...fact.data, toolCallId: second, providerCallId: 'call_2' } }) as NewCallEvent;
    const booked = (reference: string): NewCallEvent => finished({ status: 'ok', value: { reference } });
    const dispositionOf = (
      outcomes: [first: NewCallEvent, second: NewCallEvent],
      ...references: [string, ToolCallId][]
    ) => {
      const talk = log(
        [0, admitted],
        [300, attached()],
        [1000, callerSpoke('Nine please', 1000)],
        [3000, called],
        [11_000, outcomes[0]],
        [12_000, again(called)],
        [12_100, again(outcomes[1])],
        [20_000, ended('agent-goodbye')],
      );
      return foldCall(callId, tenantId, talk, {
        bookings: references.map(([reference, id]) => ({ reference, toolCallId: id })),
        unread: 0,
      })?.disposition;
    };
    const timedOut = finished({ status: 'timed-out' });

    it('shows the untold booking as to be confirmed, beside the told one', () => {
      const detail = 'K48213 is booked, and the caller does not know; the caller knows of M10022';
      expect(dispositionOf([timedOut, booked('M10022')], ['K48213', toolCallId], ['M10022', second])).toEqual(
        { outcome: 'to-confirm', detail },
      );
      expect(dispositionOf([booked('M10022'), timedOut], ['M10022', toolCallId], ['K48213', second])).toEqual(
        { outcome: 'to-confirm', detail },
      );
    });

    it('is booked once the second asking has told the fate of the first', () => {
      expect(dispositionOf([timedOut, booked('K48213')], ['K48213', toolCallId])).toEqual({
        outcome: 'booked',
        detail: 'K48213',
      });
      expect(dispositionOf([booked('K48213'), booked('K48213')], ['K48213', toolCallId])).toEqual({
        outcome: 'booked',
        detail: 'K48213',
      });
    });

    it('names every booking that was told', () => {
      expect(
        dispositionOf([booked('K48213'), booked('M10022')], ['K48213', toolCallId], ['M10022', second]),
      ).toEqual({ outcome: 'booked', detail: 'K48213, M10022' });
    });
  });

  it('has turns whose words are not known, and takes no caller who spoke or pressed a key for one who left', () => {
    const unknown = callerSpoke('', 1000);
    const handled = { outcome: 'handled', detail: 'the agent said goodbye' };
    const spoke = foldCall(
      callId,
      tenantId,
      log([0, admitted], [300, attached()], [1000, unknown], [9000, ended('agent-goodbye')]),
    );
    expect(spoke?.utterances).toMatchObject([
      { speaker: 'caller', text: '', startedAtMs: 1000, endedAtMs: 1500 },
    ]);
    expect(spoke?.disposition).toEqual(handled);
    const pressed: NewCallEvent = { type: 'digit.pressed', data: { digit: '2', atMs: 1000 } };
    const captured: NewCallEvent = {
      type: 'digits.captured',
      data: { reference: 'd1', count: 4, outcome: 'entered', atMs: 1000 },
    };
    for (const keys of [pressed, captured])
      expect(
        foldCall(
          callId,
          tenantId,
          log([0, admitted], [300, attached()], [1000, keys], [9000, ended('agent-goodbye')]),
        )?.disposition,
      ).toEqual(handled);
    expect(
      foldCall(callId, tenantId, log([0, admitted], [300, attached()], [9000, ended('agent-goodbye')]))
        ?.disposition,
    ).toEqual({ outcome: 'abandoned', detail: 'the caller said nothing' });
  });

  it('has one turn where words came after all', () => {
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

  it('keeps a tool call whose outcome nobody learned', () => {
    const record = foldCall(
      callId,
      tenantId,
      log([0, admitted], [300, attached()], [3000, called], [9000, ended('relay-lost')]),
    );
    expect(record?.toolCalls[0]).toMatchObject({ outcome: null, tookMs: null });
    expect(record?.disposition).toEqual({ outcome: 'failed', detail: 'relay-lost' });
  });

  it('sees each stream as a leg that lasts until the next one or the end', () => {
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

  it('tells the same status whatever order unnumbered reports came in', () => {
    const reports = (['ringing', 'in-progress', 'initiated'] as const).map(
      (status): [number, NewCallEvent] => [100, { type: 'carrier.reported', data: { status, sequence: 0 } }],
    );
    const statusOf = (order: typeof reports) =>
      foldCall(callId, tenantId, log([0, admitted], ...order))?.status;
    expect([statusOf(reports), statusOf([...reports].reverse())]).toEqual(['in-progress', 'in-progress']);
  });

  it('takes the carrier’s final word on the status, though it came before others', () => {
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

  it('sums usage per model and sums up waiting per kind', () => {
    const usage = {
      inputTextTokens: 1,
      inputAudioTokens: 20,
      cachedTextTokens: 0,
      cachedAudioTokens: 10,
      outputTextTokens: 3,
      outputAudioTokens: 40,
      transcriptionMs: 5,
    };
    const used: NewCallEvent = {
      type: 'usage.reported',
      data: { provider: 'openai-realtime', model: 'm', usage },
    };
    const waits = [100, 300, 200, 900].map((ms): [number, NewCallEvent] => [
      ms,
      { type: 'latency.measured', data: { kind: 'caller-to-agent', ms } },
    ]);
    const record = foldCall(callId, tenantId, log([0, admitted], [1, used], [2, used], ...waits));
    expect(record?.usage).toEqual([
      {
        provider: 'openai-realtime',
        model: 'm',
        usage: {
          inputTextTokens: 2,
          inputAudioTokens: 40,
          cachedTextTokens: 0,
          cachedAudioTokens: 20,
          outputTextTokens: 6,
          outputAudioTokens: 80,
          transcriptionMs: 10,
        },
      },
    ]);
    expect(record?.latencies['caller-to-agent']).toEqual({ count: 4, p50Ms: 200, p95Ms: 900, maxMs: 900 });
  });

  it('prices each report at its own time and model, and counts what has no price', () => {
    const used = (model: string, change: object): NewCallEvent => ({
      type: 'usage.reported',
      data: {
        provider: 'openai-realtime',
        model,
        usage: {
          inputTextTokens: 0,
          inputAudioTokens: 0,
          cachedTextTokens: 0,
          cachedAudioTokens: 0,
          outputTextTokens: 0,
          outputAudioTokens: 0,
          transcriptionMs: 0,
          ...change,
        },
      },
    });
    const spoke = used('gpt-realtime-2.1', {
      inputAudioTokens: 1_000,
      cachedAudioTokens: 500,
      outputAudioTokens: 1_000,
    });
    const record = foldCall(
      callId,
      tenantId,
      log(
        [0, admitted],
        [1, spoke],
        [2, spoke],
        [3, used('gpt-live-transcribe', { transcriptionMs: 60_000 })],
        [4, used('of-tomorrow', { outputTextTokens: 1 })],
      ),
    );
    expect(record?.cost).toEqual({
      micros: 177_400,
      unpriced: 1,
      models: [
        {
          provider: 'openai-realtime',
          model: 'gpt-realtime-2.1',
          micros: 160_400,
          byModality: {
            textIn: 0,
            textCached: 0,
            textOut: 0,
            audioIn: 32_000,
            audioCached: 400,
            audioOut: 128_000,
            transcription: 0,
          },
        },
        {
          provider: 'openai-realtime',
          model: 'gpt-live-transcribe',
          micros: 17_000,
          byModality: {
            textIn: 0,
            textCached: 0,
            textOut: 0,
            audioIn: 0,
            audioCached: 0,
            audioOut: 0,
            transcription: 17_000,
          },
        },
      ],
    });
    expect(foldCall(callId, tenantId, log([0, admitted]))?.cost).toBeNull();
  });

  it(
    'adds no report that cannot be true, says that the cost is a lower bound, and stays within what a row ' +
      'holds',
    () => {
      const most = 9_000_000_000_000_000;
      const used = (change: object): NewCallEvent => ({
        type: 'usage.reported',
        data: {
          provider: 'openai-realtime',
          model: 'gpt-realtime-2.1',
          usage: {
            inputTextTokens: most,
            inputAudioTokens: most,
            cachedTextTokens: most,
            cachedAudioTokens: most,
            outputTextTokens: most,
            outputAudioTokens: most,
            transcriptionMs: 0,
            ...change,
          },
        },
      });
      const none = {
        inputTextTokens: 0,
        inputAudioTokens: 0,
        cachedTextTokens: 0,
        cachedAudioTokens: 0,
        outputTextTokens: 0,
      };
      const record = foldCall(
        callId,
        tenantId,
        log([0, admitted], [1, used({})], [2, used({})], [3, used({ ...none, outputAudioTokens: 1_000 })]),
      );
      expect(record?.cost).toMatchObject({ micros: 64_000, unpriced: 2 });
      expect(record?.usage).toEqual([
        {
          provider: 'openai-realtime',
          model: 'gpt-realtime-2.1',
          usage: { ...none, outputAudioTokens: 1_000, transcriptionMs: 0, isUnknown: true },
        },
      ]);
    },
  );

  it('tells who ended a call: an operator, an agent whose caller fell silent, or the caller', () => {
    const dispositionOf = (reason: TerminationReason, ...facts: [number, NewCallEvent][]) => {
      const { termination: how, disposition } = foldCall(
        callId,
        tenantId,
        log([0, admitted], [300, attached()], ...facts, [9000, ended(reason)]),
      )!;
      return [how?.class, disposition?.outcome, disposition?.detail];
    };
    const talked: [number, NewCallEvent] = [1000, callerSpoke('A plumber please', 1000)];
    expect(dispositionOf('operator-ended', talked)).toEqual([
      'operator',
      'ended-by-operator',
      'an operator ended the call',
    ]);
    expect(dispositionOf('operator-ended')).toEqual([
      'operator',
      'ended-by-operator',
      'an operator ended the call',
    ]);
    expect(dispositionOf('caller-silent', talked)).toEqual([
      'caller',
      'ended-by-agent',
      'the caller had fallen silent',
    ]);
    expect(dispositionOf('no-progress', talked)).toEqual([
      'caller',
      'ended-by-agent',
      'the conversation led nowhere',
    ]);
    expect(dispositionOf('caller-silent')).toEqual(['caller', 'abandoned', 'the caller said nothing']);
    expect(dispositionOf('caller-hangup', talked)).toEqual([
      'caller',
      'ended-by-caller',
      'the caller hung up in the conversation',
    ]);
    expect(dispositionOf('media-errors', talked)).toEqual(['caller', 'failed', 'media-errors']);
  });

  it('masks long numbers, also those told piece by piece', () => {
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
      [1, { ...called, data: { ...called.data, arguments: { notes: '4111111111111111' } } }],
      [2, finished({ status: 'ok', value: { notes: '4111111111111112' } })],
    );
    expect(foldCall(callId, tenantId, tool)?.toolCalls[0]).toMatchObject({
      arguments: { notes: '[card number]' },
      outcome: { value: { notes: '[long number]' } },
    });
  });

  it('says how many events it lacks: dropped by each owner, and unread', () => {
    const cut = (dropped: number): NewCallEvent => ({ type: 'log.cut', data: { dropped, atMs: 1 } });
    const events = log([0, admitted], [1, cut(1), 1, 1], [2, cut(7), 2, 1], [3, cut(5), 3, 2]);
    expect(foldCall(callId, tenantId, events, { bookings: [], unread: 2 })?.missingEvents).toBe(14);
    expect(foldCall(callId, tenantId, log([0, admitted]))?.missingEvents).toBe(0);
  });

  it('names the models the caller has heard, not the one the agent was to speak through', () => {
    const opened = (provider: string): NewCallEvent => ({
      type: 'model.opened',
      data: { provider, model: `${provider}-1` },
    });
    const moved = (provider: string, why: 'ladder' | 'renewal'): NewCallEvent => ({
      type: 'model.moved',
      data: { provider, model: `${provider}-1`, why, gapMs: 0 },
    });
    const spoke = (atMs: number): [number, NewCallEvent] => [atMs, agentSpoke('Hello', atMs)];
    const named = (...facts: [number, NewCallEvent][]) => {
      const { modelKind, models } = foldCall(callId, tenantId, log([0, admitted], ...facts))!;
      return [modelKind, models.map(({ provider, fromMs }) => `${provider} ${fromMs}`)];
    };
    expect(named([300, opened('openai-realtime')], [900, moved('guided', 'ladder')], spoke(1_000))).toEqual([
      'guided',
      ['guided 900'],
    ]);
    expect(
      named(
        [300, opened('openai-realtime')],
        spoke(400),
        [500, moved('openai-realtime', 'renewal')],
        spoke(600),
        [900, moved('guided', 'ladder')],
        spoke(1_000),
      ),
    ).toEqual(['openai-realtime', ['openai-realtime 300', 'guided 900']]);
    expect(named([300, opened('openai-realtime')])).toEqual([null, []]);
  });

  it('tells language, variant and group as they were at admission', () => {
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

  it('has the recordings that were made, and knows one that broke off with its relay', () => {
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

  it('is nothing without the event that admitted the call', () => {
    expect(foldCall(callId, tenantId, log([300, attached()]))).toBeNull();
  });
});
