import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  foldTimeline,
  heardPart,
  lengthOf,
  saidInTurns,
  sentenceAt,
  type CallParts,
  type Entry,
  type LoggedEvent,
  type SaidPart,
  type Turn,
} from './timeline.ts';

const ADMITTED = Date.parse('2027-03-01T14:00:00Z');
const after = (ms: number): string => new Date(ADMITTED + ms).toISOString();
const said = (startedAtMs: number, more: Partial<SaidPart> = {}): SaidPart => ({
  speaker: 'agent',
  text: 'Good morning.',
  isTranscribed: true,
  startedAtMs,
  endedAtMs: startedAtMs + 1_000,
  heardMs: 1_000,
  generatedMs: null,
  interrupted: false,
  ...more,
});
const call = (parts: Partial<CallParts> = {}): CallParts => ({
  admittedAt: after(0),
  answeredAt: null,
  endedAt: null,
  termination: null,
  transcript: [],
  toolCalls: [],
  legs: [],
  models: [],
  ...parts,
});
const leg = (epoch: number, from: number, until: number | null, detachReason: string | null = null) => ({
  epoch,
  relayId: `relay-${epoch}`,
  attachedAt: after(from),
  detachedAt: until === null ? null : after(until),
  detachReason,
});
const tool = (toolCallId: string, startedAtMs: number, tookMs: number | null = 240) => ({
  toolCallId,
  name: 'book_appointment',
  arguments: {},
  outcome: { status: 'ok' },
  startedAtMs,
  tookMs,
});
const kinds = (entries: readonly Entry[]): string[] => entries.map(({ kind, atMs }) => `${atMs} ${kind}`);

describe('the timeline of a call', () => {
  it('has all parts of the record in the order of its time', () => {
    const parts = call({
      answeredAt: after(1_200),
      endedAt: after(9_000),
      termination: { class: 'normal', reason: 'caller-hung-up' },
      transcript: [said(1_400), said(4_000, { speaker: 'caller' })],
      toolCalls: [tool('a', 4_000)],
      legs: [leg(1, 1_200, 6_000, 'relay-lost'), leg(2, 6_900, null)],
      models: [
        { provider: 'openai', model: 'one', fromMs: 1_200 },
        { provider: 'guided', model: 'two', fromMs: 7_000 },
      ],
    });
    const entries = foldTimeline(parts);
    expect(kinds(entries)).toEqual([
      '1200 answered',
      '1400 said',
      '4000 said',
      '4000 tool',
      '6900 reattached',
      '7000 model',
      '9000 ended',
    ]);
    expect(entries[4]).toMatchObject({ gapMs: 900, reason: 'relay-lost', leg: { relayId: 'relay-2' } });
    expect(entries[6]).toMatchObject({ reason: 'caller-hung-up' });
    expect(lengthOf(parts)).toBe(9_000);
  });

  it('is empty for a call that was refused, whose length is none', () => {
    expect([foldTimeline(call()), lengthOf(call())]).toEqual([[], 0]);
  });

  it('does not know the gap before a leg while the one before has no end', () => {
    const [seam] = foldTimeline(call({ legs: [leg(1, 0, null), leg(2, 500, null)] }));
    expect(seam).toMatchObject({ kind: 'reattached', gapMs: null });
  });

  it('is as long as what was last said while the call runs', () => {
    expect(lengthOf(call({ transcript: [said(2_000)], toolCalls: [tool('a', 2_500, null)] }))).toBe(3_000);
  });
});

describe('the kept log of a call', () => {
  const event = (sequence: number, atMs: number, type: string): LoggedEvent => ({
    sequence,
    atMs,
    type,
    data: {},
  });

  it('adds what the record does not have, and takes the place of its list of models', () => {
    const models = [1_000, 5_000].map((fromMs) => ({ provider: 'openai', model: 'one', fromMs }));
    const log = [
      event(1, 0, 'call.admitted'),
      event(2, 2_000, 'consent.stated'),
      event(3, 5_000, 'model.moved'),
    ];
    const entries = foldTimeline(call({ models, transcript: [said(5_000)] }), log);
    expect(kinds(entries)).toEqual(['2000 event', '5000 event', '5000 said']);
    expect(kinds(foldTimeline(call({ models })))).toEqual(['5000 model']);
  });
});

describe('what was said, by turns', () => {
  const part = {
    startedAtMs: 1,
    endedAtMs: 2,
    heardMs: 1,
    generatedMs: 3,
    interrupted: true,
    unheard: 'at nine.',
  };
  const none = { endPointingMs: null, modelMs: null, relayMs: null, playoutMs: null };
  const turns: Turn[] = [
    {
      turn: 1,
      speaker: 'agent',
      startedAtMs: 1,
      utterances: [
        { ...part, text: 'We open' },
        { ...part, text: 'Or' },
      ],
      latency: { ...none, answerToFirstAudioMs: 800, callerToHeardMs: null },
    },
    {
      turn: 2,
      speaker: 'caller',
      startedAtMs: 5,
      utterances: [{ ...part, text: '', unheard: null }],
      latency: null,
    },
  ];

  it('keeps the words that were not heard, and the wait for the first of a turn', () => {
    expect(
      saidInTurns(turns).map(({ text, unheardText, waitMs, isTranscribed }) => [
        text,
        unheardText,
        waitMs,
        isTranscribed,
      ]),
    ).toEqual([
      ['We open', 'at nine.', 800, true],
      ['Or', 'at nine.', null, true],
      ['', null, null, false],
    ]);
  });
});

describe('the sentence at a time', () => {
  const entries = foldTimeline(
    call({ transcript: [said(1_000), said(3_000)], toolCalls: [tool('a', 2_000)] }),
  );
  it.each([
    [0, -1],
    [1_000, 0],
    [2_500, 0],
    [3_000, 2],
    [90_000, 2],
  ])('%s ms belongs to entry %s', (atMs, index) => expect(sentenceAt(entries, atMs)).toBe(index));
});

describe('what was heard of a sentence', () => {
  it('is told for an interruption, with the length of the whole', () => {
    const cut = { interrupted: true, heardMs: 1_800 };
    expect(heardPart(said(0, { ...cut, generatedMs: 4_200 }))).toEqual({ heardMs: 1_800, wholeMs: 4_200 });
    expect(heardPart(said(0, cut))).toEqual({ heardMs: 1_800, wholeMs: 1_800 });
  });

  it.each([
    ['all of it was', {}],
    ['it is not known', { interrupted: true, heardMs: null }],
    ['the caller said it', { interrupted: true, speaker: 'caller' as const }],
  ])('is not told where %s', (_why, more) => expect(heardPart(said(0, more))).toBeNull());
});

const time = fc.integer({ min: 0, max: 4_000_000 });
const parts = fc
  .record({
    transcript: fc.array(
      fc
        .tuple(time, fc.constantFrom('caller', 'agent'), fc.nat(9_000))
        .map(([at, speaker, heardMs]) => said(at, { speaker, heardMs })),
    ),
    tools: fc.array(time),
    legs: fc.array(fc.tuple(time, fc.nat(60_000))),
    models: fc.array(time),
    answered: fc.option(time),
    ended: fc.option(time),
  })
  .map(({ tools, legs, models, answered, ended, transcript }) =>
    call({
      transcript,
      toolCalls: tools.map((at, index) => tool(String(index), at)),
      legs: legs.map(([from, length], index) => leg(index + 1, from, from + length)),
      models: models.map((fromMs) => ({ provider: 'openai', model: 'one', fromMs })),
      answeredAt: answered === null ? null : after(answered),
      endedAt: ended === null ? null : after(ended),
    }),
  );

describe('any call', () => {
  it('loses nothing and invents nothing', () => {
    fc.assert(
      fc.property(parts, (given) => {
        const entries = foldTimeline(given);
        const count = (kind: Entry['kind']) => entries.filter((entry) => entry.kind === kind).length;
        expect(count('said')).toBe(given.transcript.length);
        expect(count('tool')).toBe(given.toolCalls.length);
        expect(count('reattached')).toBe(Math.max(0, given.legs.length - 1));
        expect(count('model')).toBe(Math.max(0, given.models.length - 1));
        expect(count('answered') + count('ended')).toBe(
          Number(given.answeredAt !== null) + Number(given.endedAt !== null),
        );
        expect(new Set(entries.map(({ key }) => key)).size).toBe(entries.length);
      }),
    );
  });

  it('is in order, whatever the order of its parts', () => {
    fc.assert(
      fc.property(parts, (given) => {
        const times = foldTimeline(given).map(({ atMs }) => atMs);
        expect(times).toEqual([...times].sort((a, b) => a - b));
        const turned = foldTimeline({ ...given, toolCalls: [...given.toolCalls].reverse() });
        expect(turned.map(({ atMs }) => atMs)).toEqual(times);
      }),
    );
  });

  it('has at each time the last sentence that had begun', () => {
    fc.assert(
      fc.property(parts, time, (given, atMs) => {
        const entries = foldTimeline(given);
        const begun = entries.findLastIndex((entry) => entry.kind === 'said' && entry.atMs <= atMs);
        expect(sentenceAt(entries, atMs)).toBe(begun);
      }),
    );
  });
});
