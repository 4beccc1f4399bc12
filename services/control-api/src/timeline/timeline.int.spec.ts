import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CallStore, connectRedis, Sealer, type AdmissionRecord } from '@tandem/call-state';
import { termination, type CallEvent, type NewCallEvent, type RelayId } from '@tandem/contracts';
import { deriveKeys } from '@tandem/platform';
import { testRedisUrl } from '@tandem/stack';
import type { Redis } from 'ioredis';
import { admitCall } from '../test/admitted-call.ts';
import { someCallRecord } from '../test/call-record.ts';
import { CONTROL_SECRET, RunningControl, type Operator } from '../test/running-control.ts';

let control: RunningControl;
let redis: Redis;
let store: CallStore;
let own: Operator;
beforeAll(async () => {
  const redisUrl = await testRedisUrl();
  control = await RunningControl.start({ REDIS_URL: redisUrl });
  redis = connectRedis(redisUrl, 'command');
  store = new CallStore(redis, new Sealer(deriveKeys([CONTROL_SECRET], 'call-state')));
  own = await control.operator();
});
afterAll(async () => {
  redis.disconnect();
  await control.stop();
});

interface Part {
  readonly isLive: boolean;
  readonly items: readonly Record<string, unknown>[];
  readonly nextCursor: string | null;
}
const read = async (callId: string, what: string, as = own.apiKey): Promise<Part> =>
  (await control.ask('GET', `/v1/calls/${callId}/${what}`, as)).body as unknown as Part;

const CUT_OFF: NewCallEvent = {
  type: 'agent.spoke',
  data: {
    itemId: 'a1',
    text: 'We have an opening',
    heardMs: 900,
    generatedMs: 3_000,
    interrupted: true,
    unheard: 'on Tuesday at nine.',
    startedAtMs: 5_000,
    endedAtMs: 5_900,
  },
};
const TALK: readonly NewCallEvent[] = [
  { type: 'stream.attached', data: { relayId: 'relay-1' as RelayId, epoch: 1, streamId: 'MZ1' } },
  {
    type: 'caller.spoke',
    data: { itemId: 'c1', text: 'My sink leaks.', startedAtMs: 3_000, endedAtMs: 4_000 },
  },
  { type: 'latency.measured', data: { kind: 'model', ms: 310, atMs: 5_000, itemId: 'c1' } },
  CUT_OFF,
  { type: 'digit.pressed', data: { digit: '7', atMs: 6_000 } },
];

/** Puts a running call with this talk into Redis. */
async function runningCall(operator: Operator): Promise<AdmissionRecord> {
  const call = await admitCall(redis, store, operator);
  for (const [index, event] of TALK.entries())
    await store.appendExternalEvent(call.callId, `n${index}`, event);
  return call;
}

describe('the timeline of a running call', () => {
  it('is read in parts and goes on as the call does', async () => {
    const { callId } = await runningCall(own);
    const first = await read(callId, 'timeline?limit=2');
    expect(first).toMatchObject({
      isLive: true,
      items: [{ type: 'call.admitted' }, { type: 'stream.attached' }],
    });
    const rest = await read(callId, `timeline?cursor=${first.nextCursor}`);
    expect(rest.items.map(({ sequence, type }) => `${String(sequence)} ${String(type)}`)).toEqual([
      '3 caller.spoke',
      '4 latency.measured',
      '5 agent.spoke',
      '6 digit.pressed',
    ]);
    expect((await read(callId, `timeline?cursor=${rest.nextCursor}`)).items).toEqual([]);
    await store.appendExternalEvent(callId, 'later', CUT_OFF);
    const later = await read(callId, `timeline?cursor=${rest.nextCursor}`);
    expect(later.items).toMatchObject([{ sequence: 7, type: 'agent.spoke', atMs: 5_000 }]);
  });

  it('shows no key that was pressed, and nothing that was not heard', async () => {
    const { callId } = await runningCall(own);
    const { items } = await read(callId, 'timeline');
    expect(items.at(-1)).toMatchObject({ type: 'digit.pressed', data: { digit: '', atMs: 6_000 } });
    expect(JSON.stringify(items)).not.toContain('Tuesday');
  });

  it('is the same once the call is stored, and its turns are', async () => {
    const { callId } = await runningCall(own);
    const live = {
      events: (await read(callId, 'timeline')).items,
      turns: (await read(callId, 'turns')).items,
    };
    const { events } = await store.events(callId);
    const stored = events.map((event): CallEvent => {
      if (event.type === 'digit.pressed') return { ...event, data: { ...event.data, digit: '' } };
      if (event.type !== 'agent.spoke') return event;
      const { unheard: _unheard, ...data } = event.data;
      return { ...event, data };
    });
    await control.calls.record(
      someCallRecord(own.tenantId, {
        callId,
        admittedAt: new Date(events[0]!.at),
        endedAt: new Date(),
        events: stored,
        utterances: [
          {
            speaker: 'caller',
            itemId: 'c1',
            text: 'My sink leaks.',
            startedAtMs: 3_000,
            endedAtMs: 4_000,
            heardMs: null,
            generatedMs: null,
            interrupted: false,
            unheard: null,
          },
          { speaker: 'agent', unheard: null, ...CUT_OFF.data } as never,
        ],
      }),
    );
    const ended = await read(callId, 'timeline');
    expect(ended).toMatchObject({ isLive: false, nextCursor: null });
    expect(ended.items).toEqual(live.events);
    expect((await read(callId, 'turns')).items).toEqual(live.turns);
  });

  it('of another tenant, or of no call, is not found', async () => {
    const { callId } = await runningCall(own);
    const stranger = await control.operator();
    for (const what of ['timeline', 'turns', 'export'])
      for (const [id, key] of [
        [callId, stranger.apiKey],
        [randomUUID(), own.apiKey],
      ] as const) {
        const answer = await control.ask('GET', `/v1/calls/${id}/${what}`, key);
        expect([answer.status, answer.body['code']]).toEqual([404, 'call-not-found']);
      }
  });

  it.each(['timeline?cursor=x', 'timeline?limit=0', 'timeline?since=1', 'turns?cursor=1_1-1', 'turns?x=1'])(
    'is refused as %s',
    async (what) => {
      const answer = await control.ask('GET', `/v1/calls/${randomUUID()}/${what}`, own.apiKey);
      expect([answer.status, answer.body['code']]).toEqual([400, 'invalid-request']);
    },
  );
});

describe('the turns of a call', () => {
  it('have their latency, and the words that were cut off for those who may read them', async () => {
    const { callId } = await runningCall(own);
    const { items } = await read(callId, 'turns');
    expect(items).toMatchObject([
      { turn: 1, speaker: 'caller', latency: null },
      {
        turn: 2,
        speaker: 'agent',
        latency: { modelMs: 310, relayMs: null },
        utterances: [{ heardMs: 900, generatedMs: 3_000, interrupted: true, unheard: 'on Tuesday at nine.' }],
      },
    ]);
    const key = await control.apiKey(own.tenantId, ['calls:read']);
    expect(JSON.stringify(await read(callId, 'turns', key))).not.toContain('Tuesday');
  });

  it('are paged', async () => {
    const { callId } = await runningCall(own);
    const first = await read(callId, 'turns?limit=1');
    expect(first).toMatchObject({ items: [{ turn: 1 }], nextCursor: '1' });
    expect(await read(callId, `turns?limit=1&cursor=${first.nextCursor}`)).toMatchObject({
      items: [{ turn: 2 }],
      nextCursor: null,
    });
  });
});

describe('a long call', () => {
  const TURNS = 2_000;
  it('of 2,000 turns is read whole in pages, and as one document', async () => {
    const startOf = (turn: number) => turn * 5_000;
    const utterances = Array.from({ length: TURNS }, (_, turn) => ({
      speaker: turn % 2 ? ('agent' as const) : ('caller' as const),
      itemId: `i${turn}`,
      text: `What was said in turn ${turn}.`,
      startedAtMs: startOf(turn),
      endedAtMs: startOf(turn) + 4_000,
      heardMs: null,
      generatedMs: null,
      interrupted: false,
      unheard: null,
    }));
    const events = utterances.flatMap(({ itemId, text, startedAtMs, endedAtMs }, turn): CallEvent[] =>
      turn % 2
        ? []
        : [
            {
              type: 'caller.spoke',
              data: { itemId, text, startedAtMs, endedAtMs },
              seq: turn,
              epoch: 1,
              at: Date.now(),
            },
            ...(['end-pointing', 'model', 'relay', 'playout'] as const).map((kind): CallEvent => ({
              type: 'latency.measured',
              data: { kind, ms: turn, atMs: endedAtMs, itemId },
              seq: turn,
              epoch: 1,
              at: Date.now(),
            })),
          ],
    );
    const call = someCallRecord(own.tenantId, {
      endedAt: new Date(),
      termination: termination('caller-hangup'),
      events,
      utterances,
    });
    await control.calls.record(call);
    const turns = await read(call.callId, 'turns?limit=2000');
    expect(turns.items).toHaveLength(TURNS);
    expect(turns.items.at(-1)).toMatchObject({ latency: { modelMs: TURNS - 2 } });
    const sequences: unknown[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const part: Part = await read(call.callId, `timeline?limit=2000${cursor && `&cursor=${cursor}`}`);
      sequences.push(...part.items.map(({ sequence }) => sequence));
      cursor = part.nextCursor;
    }
    expect(sequences).toEqual(events.map((_, index) => index + 1));
    const file = await control.ask('GET', `/v1/calls/${call.callId}/export`, own.apiKey);
    expect(file.headers.get('content-disposition')).toContain(call.callId);
    expect(file.body).toMatchObject({
      call: { callId: call.callId, outcome: null },
      disposition: { current: null, corrections: [] },
      tags: [],
      notes: [],
    });
    expect(file.body['turns']).toHaveLength(TURNS);
    expect(file.body['timeline']).toHaveLength(events.length);
  });

  it('that was stored without its events still has its turns', async () => {
    const call = someCallRecord(own.tenantId, {
      utterances: [
        {
          speaker: 'caller',
          itemId: 'c1',
          text: 'Hello?',
          startedAtMs: 1,
          endedAtMs: 2,
          heardMs: null,
          generatedMs: null,
          interrupted: false,
          unheard: null,
        },
      ],
    });
    await control.calls.record(call);
    expect(await read(call.callId, 'timeline')).toEqual({
      callId: call.callId,
      isLive: false,
      items: [],
      nextCursor: null,
    });
    expect((await read(call.callId, 'turns')).items).toMatchObject([{ turn: 1, latency: null }]);
  });
});
