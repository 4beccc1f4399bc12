import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { connectRedis } from '@tandem/call-state';
import { scripted, type SimulatedCall, type SimulatedSession } from '@tandem/simulators';
import type { Redis } from 'ioredis';
import { RunningPlatform, words } from '../testing/running-platform.ts';

jest.setTimeout(120_000);

let platform: RunningPlatform;
let redis: Redis;
beforeAll(async () => {
  platform = await RunningPlatform.start();
  // A caller who waits for the flood to end is not asked whether they are there.
  await platform.publish({ idle: { afterMs: 0, maxPrompts: 1 } });
  platform.model.behaviour = scripted({ turns: [], otherwise: 'Of course. Which day would suit you best?' });
  redis = connectRedis(platform.stack.redis.url, 'command');
});
afterAll(async () => {
  redis.disconnect();
  await platform.stop();
});

const TRANSCRIPTS = 10_000;
const LONG_TEXT = 'All of this was never said by anybody. '.repeat(520).slice(0, 20_000);
/** Longest time a command of Redis may take, as other clients wait for it. */
const SLOW_MICROS = 100_000;

async function greeted(): Promise<{ call: SimulatedCall; session: SimulatedSession }> {
  const call = platform.ring();
  await call.waitForSpeech();
  await call.waitForSilence(600);
  return { call, session: platform.model.sessions.at(-1)! };
}

async function isAnswered(call: SimulatedCall): Promise<void> {
  await call.say(words(900));
  await call.waitForSpeech();
  await call.waitForSilence(400);
}

async function flood(session: SimulatedSession): Promise<void> {
  for (let n = 0; n < TRANSCRIPTS; n += 1) {
    session.inject({
      type: 'conversation.item.input_audio_transcription.completed',
      event_id: `e${n}`,
      item_id: `item_flood_${n}`,
      content_index: 0,
      transcript: LONG_TEXT,
    });
    while (session.unsentBytes > 1024 * 1024) await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

describe('a model that sends ten thousand long transcripts', () => {
  it('has its call recorded as cut, while Redis and the call beside it go on', async () => {
    await redis.config('SET', 'slowlog-log-slower-than', String(SLOW_MICROS));
    await redis.slowlog('RESET');
    const beside = await greeted();
    const flooded = await greeted();
    const before = await relayMiB();
    const flooding = flood(flooded.session);
    await isAnswered(beside.call);
    await flooding;
    flooded.call.hangup();
    const over = Date.now();
    const recorded = await platform.recorded(flooded.call.sid);
    const tookMs = Date.now() - over;
    expect(recorded.termination).toEqual({ class: 'caller', reason: 'caller-hangup' });
    // Events still on the wire when the caller hung up are missing.
    expect(recorded.missingEvents + recorded.transcript.length).toBeGreaterThan(TRANSCRIPTS - 500);
    expect(recorded.missingEvents).toBeGreaterThan(9_000);
    expect(tookMs).toBeLessThan(30_000);
    await isAnswered(beside.call);
    beside.call.hangup();
    expect((await platform.recorded(beside.call.sid)).missingEvents).toBe(0);
    expect(await redis.slowlog('GET', 10)).toEqual([]);
    expect(platform.lines.filter((line) => /timed out/.test(line))).toEqual([]);
    expect(platform.lines.filter((line) => line.includes('event log of the call full'))).toHaveLength(1);
    console.log(
      `cut call recorded ${tookMs} ms after its end; relay ${before} MiB before, ${await relayMiB()} ` +
        `MiB after (heap ${await heapMiB()} MiB); missing ${recorded.missingEvents}`,
    );
  });
});

describe('a model that reports a usage that cannot be true', () => {
  it('stores its call with the cost as a lower bound, and charges the tenant nothing for it', async () => {
    const { call, session } = await greeted();
    const most = 9_000_000_000_000_000;
    const input = {
      text_tokens: most,
      audio_tokens: most,
      cached_tokens_details: { text_tokens: most, audio_tokens: most },
    };
    const usage = {
      input_token_details: input,
      output_token_details: { text_tokens: most, audio_tokens: most },
    };
    session.inject({
      type: 'response.created',
      event_id: 'e1',
      response: { id: 'resp_liar', metadata: null },
    });
    session.inject({
      type: 'response.done',
      event_id: 'e2',
      response: { id: 'resp_liar', status: 'cancelled', status_details: null, usage },
    });
    await isAnswered(call);
    call.hangup();
    const recorded = await platform.recorded(call.sid);
    expect(recorded.cost?.isComplete).toBe(false);
    expect(recorded.costUsd).toBeLessThan(1);
    expect(recorded.missingEvents).toBe(0);
    const spending = await platform.ask<{ usd: number }>(
      `/v1/spending?month=${new Date().toISOString().slice(0, 7)}`,
    );
    expect(spending.usd).toBeLessThan(5);
  });
});

describe('a caller who tells a card number', () => {
  it('has it nowhere in the record, in whatever pieces it was told', async () => {
    const { call, session } = await greeted();
    for (const [index, transcript] of [
      'My card is 4111 1111 1111 1111',
      'four one one one',
      'one one one one one one one one',
      'one one one one',
    ].entries()) {
      session.inject({
        type: 'conversation.item.input_audio_transcription.completed',
        event_id: `c${index}`,
        item_id: `item_card_${index}`,
        content_index: 0,
        transcript,
      });
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    call.hangup();
    const recorded = await platform.recorded(call.sid);
    const said = recorded.transcript.filter(({ speaker }) => speaker === 'caller').map(({ text }) => text);
    expect(said).toEqual(['My card is [card number]', '[card number]', '[card number]', '[card number]']);
    expect(
      JSON.stringify(
        await platform.sql('SELECT to_jsonb(u) FROM utterances u WHERE call_id = $1', recorded.callId),
      ),
    ).not.toMatch(/4111|one one/);
  });
});

/* Last: a provider that refuses is not asked again for a while. */
describe('a model that cannot be used', () => {
  it('is warned of in the log, and the call names what really spoke', async () => {
    platform.model.faults.add({ kind: 'refuse', status: 401 });
    try {
      const { call } = await greeted();
      call.hangup();
      const recorded = await platform.recorded(call.sid);
      expect(recorded).toMatchObject({ modelKind: 'guided', models: [{ provider: 'guided' }] });
      expect(
        platform.lines.filter(
          (line) =>
            line.startsWith('relay-1') &&
            line.includes('voice model failed') &&
            line.includes('OPENAI_API_KEY'),
        ),
      ).toHaveLength(1);
    } finally {
      platform.model.faults.clear();
    }
  });
});

async function heapMiB(): Promise<number> {
  const [, value] = (await platform.metric('relay-1', 'nodejs_heap_size_used_bytes')).split(' ');
  return Math.round(Number(value) / 1024 / 1024);
}

async function relayMiB(): Promise<number> {
  const [, value] = (await platform.metric('relay-1', 'process_resident_memory_bytes')).split(' ');
  return Math.round(Number(value) / 1024 / 1024);
}
