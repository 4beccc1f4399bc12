import { describe, expect, it } from '@jest/globals';
import { answerTo } from './answer-to.ts';
import { check } from './checker.ts';
import type { HistoryEntry, LoggedEvent } from './entries.ts';

const CALL = 'CA1';
const WORDS = ['call 1 turn 1 try 1', 'call 1 turn 2 try 1'];
const log = (...events: [epoch: number, seq: number, type?: string, toolCallId?: string][]): LoggedEvent[] =>
  events.map(([epoch, seq, type = 'caller.spoke', toolCallId]) => ({
    at: 1,
    epoch,
    seq,
    type,
    ...(toolCallId ? { toolCallId } : {}),
  }));
const heard = (text: string, at: number, frames = 60): HistoryEntry => ({
  at,
  kind: 'agent-heard',
  call: CALL,
  text,
  fromAt: at - 1_200,
  frames,
  total: 60,
});
const both = (text: string) => [
  { speaker: 'caller' as const, text, interrupted: false },
  { speaker: 'agent' as const, text: answerTo(text), interrupted: false },
];

interface Told {
  readonly events?: LoggedEvent[];
  readonly utterances?: { speaker: 'caller' | 'agent'; text: string; interrupted: boolean }[];
  readonly seeded?: { speaker: 'caller' | 'agent'; text: string }[];
  readonly more?: HistoryEntry[];
}

/**
 * Returns the history of a call of two turns that changed its relay between them, with the given changes.
 */
function history({
  events = log([1, 1], [1, 2], [2, 3]),
  utterances = WORDS.flatMap(both),
  seeded = both(WORDS[0]!),
  more = [],
}: Told = {}): HistoryEntry[] {
  return [
    { at: 0, kind: 'run', scenario: 'R1', fleet: 'tandem', seed: 1, calls: 1 },
    { at: 0, kind: 'call-placed', call: CALL },
    ...WORDS.map((text, index): HistoryEntry => ({
      at: 1_000 + index * 10_000,
      kind: 'caller-said',
      call: CALL,
      text,
      fromAt: 300 + index * 10_000,
      isAnswered: true,
    })),
    ...WORDS.map((text, index) => heard(answerTo(text), 3_000 + index * 10_000)),
    { at: 5_000, kind: 'fault', what: 'kill', target: 'relay-1', held: [CALL] },
    {
      at: 20_000,
      kind: 'stream',
      call: CALL,
      url: 'ws://r1',
      openedAt: 100,
      endedAt: 5_000,
      end: 'connection-lost',
    },
    {
      at: 20_000,
      kind: 'stream',
      call: CALL,
      url: 'ws://r2',
      openedAt: 5_600,
      endedAt: 20_000,
      end: 'stopped',
    },
    { at: 20_000, kind: 'call-ended', call: CALL, by: 'hangup-by-party', said: [], errors: [] },
    {
      at: 20_000,
      kind: 'model-session',
      call: CALL,
      session: 's1',
      openedAt: 100,
      seeded: [],
      heard: [],
      said: [],
      refusals: {},
    },
    {
      at: 20_000,
      kind: 'model-session',
      call: CALL,
      session: 's2',
      openedAt: 5_600,
      seeded,
      heard: [],
      said: [],
      refusals: {},
    },
    { at: 20_000, kind: 'log', call: CALL, callId: 'c1', events },
    { at: 20_000, kind: 'row', call: CALL, reason: 'caller-hangup', utterances, tools: [] },
    ...more,
  ];
}

const rulesBroken = (told: Told) => [...new Set(check(history(told)).map(({ rule }) => rule))];
const booking = (id: string, startsAt: number, reference: string): HistoryEntry => ({
  at: 1,
  kind: 'booking',
  call: CALL,
  id,
  resource: 'r',
  startsAt,
  endsAt: startsAt + 60,
  reference,
});

describe('a history', () => {
  it('without a fault breaks no rule', () => {
    expect(check(history())).toEqual([]);
  });

  it.each<[string, Told, string[]]>([
    [
      'an event of an older owner after one of a newer',
      { events: log([1, 1], [2, 2], [1, 3]) },
      ['one-owner'],
    ],
    ['a gap in the numbers', { events: log([1, 1], [2, 3]) }, ['log-gapless']],
    ['a number twice', { events: log([1, 1], [2, 1]) }, ['log-gapless']],
    ['a finished turn that is not on record', { utterances: both(WORDS[0]!) }, ['turn-kept']],
    [
      'words that are on record twice',
      { utterances: [...WORDS.flatMap(both), ...both(WORDS[1]!).slice(0, 1)] },
      ['turn-once'],
    ],
    ['words in another order', { utterances: [...both(WORDS[1]!), ...both(WORDS[0]!)] }, ['turn-order']],
    ['a model that was not told', { seeded: [] }, ['model-knows']],
    ['a model that was told twice', { seeded: [...both(WORDS[0]!), ...both(WORDS[0]!)] }, ['model-knows']],
    [
      'two outcomes of one tool call',
      { events: log([1, 1, 'tool.finished', 't'], [1, 2, 'tool.finished', 't']) },
      ['one-outcome'],
    ],
    ['bookings that overlap', { more: [booking('a', 0, 'A'), booking('b', 30, 'B')] }, ['no-overlap']],
    [
      'a booking that was spoken of and does not exist',
      { more: [heard('Booked X.', 15_000)] },
      ['nothing-unkept-said'],
    ],
  ])('with %s breaks the rule for it', (_, told, rules) => {
    expect(rulesBroken(told)).toEqual(rules);
  });

  it("allows for the travel time from the caller's ear to the relay", () => {
    const far: HistoryEntry = {
      at: 20_000,
      kind: 'call-ended',
      call: CALL,
      by: 'hangup-by-party',
      said: [],
      errors: [],
      toRelayMs: 400,
    };
    const said: HistoryEntry = {
      at: 3_100,
      kind: 'caller-said',
      call: CALL,
      text: 'call 1 turn 9 try 1',
      fromAt: 3_050,
      isAnswered: true,
    };
    const answered = heard(answerTo('call 1 turn 9 try 1'), 4_700);
    const entries = history({ more: [said, answered] });
    const isUnfinished = (list: HistoryEntry[]) => check(list).length === 0;
    expect(isUnfinished(entries)).toBe(false);
    expect(isUnfinished(entries.map((entry) => (entry.kind === 'call-ended' ? far : entry)))).toBe(true);
  });

  it('does not count a turn as finished whose answer the caller spoke over', () => {
    const turn = (text: string, saidFrom: number): HistoryEntry => ({
      at: saidFrom + 700,
      kind: 'caller-said',
      call: CALL,
      text,
      fromAt: saidFrom,
      isAnswered: true,
    });
    const answered = heard(answerTo('call 1 turn 3 try 1'), 17_000, 58);
    const story = [turn('call 1 turn 3 try 1', 14_000), answered];
    expect(rulesBroken({ more: story })).toEqual(['turn-kept']);
    expect(rulesBroken({ more: [...story, turn('call 1 turn 4 try 1', 16_900)] })).toEqual([]);
  });

  it('does not blame a relay for audio the carrier still held when it was struck', () => {
    const unfinished = heard(answerTo('call 1 turn 9 try 1'), 4_950);
    const said: HistoryEntry = {
      at: 4_000,
      kind: 'caller-said',
      call: CALL,
      text: 'call 1 turn 9 try 1',
      fromAt: 3_300,
      isAnswered: true,
    };
    expect(rulesBroken({ more: [said, unfinished] })).toEqual([]);
    expect(rulesBroken({ more: [said, { ...unfinished, at: 4_800 }] })).toEqual(['turn-kept', 'model-knows']);
  });
});
