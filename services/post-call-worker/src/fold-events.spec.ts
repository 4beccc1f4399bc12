import { describe, expect, it } from '@jest/globals';
import type { NewCallEvent } from '@tandem/contracts';
import { foldCall } from './fold-call.ts';
import {
  admitted,
  agentSpoke,
  attached,
  callerSpoke,
  callId,
  ended,
  log,
  tenantId,
} from './test/call-log.ts';

const kept = (...facts: Parameters<typeof log>) => {
  const call = foldCall(callId, tenantId, log([0, admitted], ...facts));
  return { call, events: call?.events ?? [] };
};
const cutOff: NewCallEvent = {
  type: 'agent.spoke',
  data: {
    itemId: 'a1',
    text: 'We have an opening',
    heardMs: 900,
    generatedMs: 3_000,
    interrupted: true,
    unheard: 'on Tuesday at nine.',
    startedAtMs: 1_000,
    endedAtMs: 1_900,
  },
};

describe('the events that are kept of a call', () => {
  it('are all of them, in the order of the log, under their numbers', () => {
    const { events } = kept(
      [10, attached()],
      [20, { type: 'model.faulted', data: { provider: 'p', category: 'cut', code: 'x' } }, 2],
      [30, { type: 'model.moved', data: { provider: 'p', model: 'm', why: 'ladder', gapMs: 200 } }, 3],
      [40, { type: 'transfer.asked', data: { department: 'sales', mode: 'cold', summary: '', atMs: 40 } }, 4],
      [90, ended('transferred')],
    );
    expect(events.map(({ type, seq }) => `${type} ${seq}`)).toEqual([
      'call.admitted 0',
      'stream.attached 0',
      'model.faulted 2',
      'model.moved 3',
      'transfer.asked 4',
      'call.ended 0',
    ]);
    expect(events.at(-1)).toMatchObject({ at: events[0]!.at + 90, epoch: 1 });
  });

  it('have the words of the transcript: card numbers said in pieces are masked in both', () => {
    const { call, events } = kept(
      [1, callerSpoke('four one one one', 1_000)],
      [2, callerSpoke('1111 1111', 3_000)],
      [3, callerSpoke('one one one one', 5_000)],
      [4, agentSpoke('Thank you.', 7_000)],
    );
    const words = events.flatMap(({ data }) => ('text' in data ? [data.text] : []));
    expect(words).toEqual(call?.utterances.map(({ text }) => text));
    expect(JSON.stringify(events)).not.toMatch(/four one|1111/);
  });

  it('leave the words that were not heard to the transcript', () => {
    const { call, events } = kept([1, cutOff]);
    expect(JSON.stringify(events)).not.toContain('Tuesday');
    expect(events[1]?.data).toMatchObject({ text: 'We have an opening', heardMs: 900, generatedMs: 3_000 });
    expect(call?.utterances).toMatchObject([{ generatedMs: 3_000, unheard: 'on Tuesday at nine.' }]);
  });

  it('have keys without their value', () => {
    const { events } = kept([1, { type: 'digit.pressed', data: { digit: '7', atMs: 5 } }]);
    expect(events[1]).toMatchObject({ type: 'digit.pressed', data: { digit: '', atMs: 5 } });
  });
});
