import { describe, expect, it } from '@jest/globals';
import type { NewCallEvent } from '@tandem/contracts';
import { foldCall } from './fold-call.ts';
import { admitted, callId, log, tenantId } from './test/call-log.ts';

describe('usage and cost of a call', () => {
  it('sums usage per model and summarises latency per kind', () => {
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

  it('prices each report by time and model, and counts reports without a price', () => {
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

  it('skips impossible reports, and marks the cost as a lower bound', () => {
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
  });
});
