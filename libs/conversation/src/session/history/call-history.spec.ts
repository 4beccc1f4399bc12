import { describe, expect, it } from '@jest/globals';
import type { NewCallEvent, ToolCallId } from '@tandem/contracts';
import { CallHistory } from './call-history.ts';

const caller = (text: string, at: number): NewCallEvent => ({
  type: 'caller.spoke',
  data: { itemId: `c${at}`, text, startedAtMs: at, endedAtMs: at + 100 },
});
const agent = (text: string, at: number, interrupted = false): NewCallEvent => ({
  type: 'agent.spoke',
  data: {
    itemId: `a${at}`,
    text,
    startedAtMs: at,
    endedAtMs: at + 100,
    heardMs: 100,
    generatedMs: 100,
    interrupted,
  },
});
const called = (id: string, at: number): NewCallEvent => ({
  type: 'tool.called',
  data: {
    toolCallId: `tc_${id}` as ToolCallId,
    providerCallId: id,
    name: 'find',
    arguments: { day: 1 },
    atMs: at,
  },
});
const finished = (id: string, at: number): NewCallEvent => ({
  type: 'tool.finished',
  data: {
    toolCallId: `tc_${id}` as ToolCallId,
    providerCallId: id,
    name: 'find',
    outcome: { status: 'ok', value: 7 },
    tookMs: 1,
    atMs: at,
  },
});

describe('the history of a call', () => {
  it('is in the order of speaking though the caller’s words come late', () => {
    const history = new CallHistory([
      agent('Hello.', 0),
      agent('Which day?', 900),
      caller('A plumber.', 400),
    ]);
    expect(history.items()).toEqual([
      { kind: 'agent', text: 'Hello.' },
      { kind: 'caller', text: 'A plumber.' },
      { kind: 'agent', text: 'Which day?' },
    ]);
  });

  it('holds tool calls with their outcomes, and those still running', () => {
    const history = new CallHistory([called('call_1', 10), finished('call_1', 20), called('call_2', 30)]);
    expect(history.items()).toEqual([
      { kind: 'tool-call', providerCallId: 'call_1', name: 'find', argumentsJson: '{"day":1}' },
      { kind: 'tool-result', providerCallId: 'call_1', output: '{"status":"ok","result":7}' },
      { kind: 'tool-call', providerCallId: 'call_2', name: 'find', argumentsJson: '{"day":1}' },
    ]);
  });

  it('holds the keys that were pressed, those pressed together as one entry', () => {
    const key = (digit: string, atMs: number): NewCallEvent => ({
      type: 'digit.pressed',
      data: { digit, atMs },
    });
    const history = new CallHistory([
      agent('Your number?', 0),
      key('4', 10),
      key('7', 20),
      agent('And the year?', 30),
      key('9', 40),
    ]);
    expect(history.items().flatMap((item) => (item.kind === 'note' ? [item.text] : []))).toEqual([
      'The caller pressed on the keypad: 47',
      'The caller pressed on the keypad: 9',
    ]);
  });

  it('shows where the agent was cut off, and nothing that was not heard', () => {
    const history = new CallHistory([agent('We have nine', 0, true), agent('', 10, true)]);
    expect(history.items()).toEqual([{ kind: 'agent', text: 'We have nine —' }]);
  });

  it('of a long call keeps the end, says so, and has no result without its call', () => {
    const facts = Array.from({ length: 500 }, (_, index) => caller(`word ${index}`, index * 10));
    const history = new CallHistory([called('call_1', 0), ...facts, finished('call_1', 4_995)]);
    const items = history.items();
    expect(items[0]).toEqual({ kind: 'note', text: expect.stringContaining('left out') });
    expect(items.length).toBeLessThanOrEqual(402);
    expect(items.some(({ kind }) => kind === 'tool-result')).toBe(false);
    expect(items.at(-1)).toEqual({ kind: 'caller', text: 'word 499' });
  });

  it('of long texts keeps no more than a model is given', () => {
    const history = new CallHistory(
      Array.from({ length: 700 }, (_, index) => caller('x'.repeat(20_000), index)),
    );
    expect(history.size).toBeLessThanOrEqual(120_000);
    expect(history.items()[0]).toEqual({ kind: 'note', text: expect.stringContaining('left out') });
  });
});
