import { describe, expect, it } from '@jest/globals';
import {
  agentSnapshotSchema,
  PCMU_8K,
  UNKNOWN_CALLER,
  type CallId,
  type ItemId,
  type ResponseId,
  type TenantId,
} from '@tandem/contracts';
import { AudioFrame, CallSession, type ModelSessionListener, type VoiceModel } from '@tandem/conversation';
import { FakeToolDispatcher, RecordedCallLog } from '@tandem/conversation/testing';
import fc from 'fast-check';
import { seeded } from '../testing/seeded.ts';
import { TwilioFarSide } from './testing/twilio-far-side.ts';

const TENANT_ID = '0b0c1d7e-8a3f-4f0e-9a36-52f4f4b7a001' as TenantId;
const RESPONSE = 'resp_1' as ResponseId;
const DELTA_MS = 200;
/** The ledger may be late by a carrier tick and the travel time of a mark; never early. */
const LATE_MS = 60;
/** A lost packet is sent again after a round trip and some more. */
const LOSS = { share: 0.02, withinMs: 450 };

/**
 * A whole call on a real stream: the agent speaks item after item, each made of a byte of its own.
 */
class Talk {
  readonly truncated = new Map<string, number>();
  readonly far: TwilioFarSide;
  private listener!: ModelSessionListener;

  constructor(delayMs: number, seed: number) {
    this.far = new TwilioFarSide({ delayMs: [0, delayMs], loss: LOSS, random: seeded(seed) });
    const nothing = (): void => undefined;
    const model: VoiceModel = {
      provider: 'stub',
      capabilities: {
        inputFormats: [PCMU_8K],
        outputFormats: [PCMU_8K],
        maxSessionMs: null,
      },
      open: (_setup, listener) => {
        this.listener = listener;
        const truncate = (itemId: ItemId, heardMs: number): void => void this.truncated.set(itemId, heardMs);
        return {
          provider: 'stub',
          model: '',
          voice: '',
          truncate,
          pushAudio: nothing,
          respond: nothing,
          cancelResponse: nothing,
          sendToolResult: nothing,
          decideToolCall: nothing,
          addNote: nothing,
          addCallerText: nothing,
          change: nothing,
          onIdle: nothing,
          abandon: nothing,
          finishInput: nothing,
          close: nothing,
        };
      },
    };
    const { clock, stream } = this.far;
    const agent = agentSnapshotSchema.parse({
      agentId: '7f8a3c52-5d0e-4d43-9f0e-0a4b6a2d9c11',
      agentVersion: 1,
      tenantId: TENANT_ID,
      name: 'Sarah',
      companyName: 'Northwind',
      timeZone: 'UTC',
      instructions: '',
      model: { kind: 'openai-realtime' },
    });
    const call = {
      callId: 'c3f2a0de-41c6-4b7c-8f65-2f1f3f3f7b01' as CallId,
      tenantId: TENANT_ID,
      epoch: 1,
      callerNumber: '+1',
      dialledNumber: '+1',
      caller: UNKNOWN_CALLER,
      language: 'en-US',
      admittedAt: clock.wallTime(),
      agent,
    };
    new CallSession({
      call,
      stream,
      model,
      declarationsFor: () => [],
      toolDispatcher: new FakeToolDispatcher(),
      log: new RecordedCallLog(),
      clock,
    }).start();
    this.listener.onReady();
    this.listener.onResponseStarted(RESPONSE);
  }

  /** The model sends a delta of this item; `value` is the byte of its audio. */
  says(item: number, ms: number): void {
    const bytes = new Uint8Array(ms * 8).fill(item);
    this.listener.onAudio(AudioFrame.fromBytes(bytes), `item_${item}` as ItemId, RESPONSE);
  }

  isDone(item: number): void {
    this.listener.onItemDone(`item_${item}` as ItemId, RESPONSE);
  }

  interrupts(): void {
    this.listener.onCallerSpeechStarted('caller_1' as ItemId);
  }
}

describe('a caller who speaks over the agent', () => {
  it('leaves in the history what was heard: never more, little less, at 1,000 random moments', async () => {
    const items = fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(
        items,
        fc.integer({ min: 0, max: 240 }),
        fc.integer({ min: 0, max: 120 }),
        fc.integer({ min: 0, max: 9_000 }),
        fc.integer(),
        async (deltasOf, paceMs, delayMs, momentMs, seed) => {
          const talk = new Talk(delayMs, seed);
          const script = deltasOf.flatMap((deltas, index) =>
            Array.from({ length: deltas }, (_, delta) => ({ item: index + 1, isLast: delta === deltas - 1 })),
          );
          const writtenMs = new Map<number, number>();
          let now = 0;
          for (const { item, isLast } of script) {
            if (now + paceMs > momentMs) break;
            await talk.far.clock.pass(paceMs);
            now += paceMs;
            talk.says(item, DELTA_MS);
            writtenMs.set(item, (writtenMs.get(item) ?? 0) + DELTA_MS);
            if (isLast) talk.isDone(item);
          }
          await talk.far.clock.pass(momentMs - now);
          talk.interrupts();
          const heardMs = new Map([...writtenMs.keys()].map((item) => [item, talk.far.heardMs(item)]));
          for (const [item, written] of writtenMs) {
            const heard = heardMs.get(item) ?? 0;
            const kept = talk.truncated.get(`item_${item}`) ?? written;
            expect(kept).toBeLessThanOrEqual(written);
            expect(kept).toBeGreaterThanOrEqual(heard - LATE_MS - 2 * delayMs - 2 * LOSS.withinMs);
            if (talk.truncated.has(`item_${item}`)) expect(kept).toBeLessThanOrEqual(heard);
            else expect(heard).toBe(written);
          }
          await talk.far.clock.pass(1_000);
          for (const [item, heard] of heardMs)
            expect(talk.far.heardMs(item)).toBeLessThanOrEqual(heard + delayMs + LOSS.withinMs + 20);
          talk.far.stream.close();
          await talk.far.clock.pass(1);
        },
      ),
      { numRuns: 1_000 },
    );
  }, 60_000);
});
