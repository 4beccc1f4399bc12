import { describe, expect, it } from '@jest/globals';
import type { CallEvent, LatencyKind } from '@tandem/contracts';
import { saidIn, turnsOf, type Said } from './turns.ts';

const says = (speaker: Said['speaker'], itemId: string, startedAtMs: number): Said => ({
  speaker,
  itemId,
  text: itemId,
  startedAtMs,
  endedAtMs: startedAtMs + 500,
  heardMs: speaker === 'agent' ? 500 : null,
  generatedMs: speaker === 'agent' ? 500 : null,
  interrupted: false,
  unheard: null,
});
const measured = (kind: LatencyKind, ms: number, itemId?: string): CallEvent => ({
  type: 'latency.measured',
  data: { kind, ms, atMs: 1, ...(itemId && { itemId }) },
  seq: 1,
  epoch: 1,
  at: 1,
});
const TALK = [
  says('agent', 'hello', 0),
  says('caller', 'sink', 2_000),
  says('caller', 'leaks', 3_000),
  says('agent', 'moment', 4_000),
  says('agent', 'tuesday', 6_000),
  says('caller', 'yes', 8_000),
];

describe('the turns of a call', () => {
  it('are what one party says until the other one does', () => {
    const turns = turnsOf(TALK, [], []);
    expect(turns.map(({ turn, speaker, utterances }) => [turn, speaker, utterances.length])).toEqual([
      [1, 'agent', 1],
      [2, 'caller', 2],
      [3, 'agent', 2],
      [4, 'caller', 1],
    ]);
    expect(turns[2]).toMatchObject({ startedAtMs: 4_000, endedAtMs: 6_500 });
  });

  it('tell how long the caller waited for them, part by part', () => {
    const turns = turnsOf(
      TALK,
      [],
      [
        measured('answer-to-first-audio', 40),
        measured('end-pointing', 500, 'leaks'),
        measured('model', 300, 'leaks'),
        measured('relay', 5, 'leaks'),
        measured('tool', 80),
        measured('interruption-to-clear', 3, 'moment'),
      ],
    );
    expect(turns.map(({ latency }) => latency)).toEqual([
      expect.objectContaining({ answerToFirstAudioMs: 40, modelMs: null }),
      null,
      {
        answerToFirstAudioMs: null,
        callerToHeardMs: null,
        endPointingMs: 500,
        modelMs: 300,
        relayMs: 5,
        playoutMs: null,
      },
      null,
    ]);
  });

  it.each([
    [2_500, 3],
    [3_800, 3],
    [5_000, 3],
    [9_000, 4],
    [0, 1],
  ])('name the tools that were called for them: at %s ms for turn %s', (startedAtMs, turn) => {
    const turns = turnsOf(TALK, [{ toolCallId: 'tc', startedAtMs }], []);
    expect(turns.filter(({ toolCallIds }) => toolCallIds.length > 0).map((of) => of.turn)).toEqual([turn]);
  });

  it('of a running call are in the order of speaking, each with its words once they are known', () => {
    const spoke = (itemId: string, text: string, startedAtMs: number): CallEvent => ({
      type: 'caller.spoke',
      data: { itemId, text, startedAtMs, endedAtMs: startedAtMs + 1 },
      seq: 1,
      epoch: 1,
      at: 1,
    });
    const said = saidIn([
      spoke('b', '', 20),
      spoke('a', 'First.', 10),
      spoke('b', 'Second.', 20),
      spoke('c', '', 30),
    ]);
    expect(said.map(({ itemId, text }) => [itemId, text])).toEqual([
      ['a', 'First.'],
      ['b', 'Second.'],
      ['c', ''],
    ]);
  });

  it('are none where nothing was said', () => {
    expect(turnsOf([], [{ toolCallId: 'tc', startedAtMs: 1 }], [])).toEqual([]);
  });
});
