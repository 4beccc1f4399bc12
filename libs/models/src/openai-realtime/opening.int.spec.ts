import { describe, expect, it } from '@jest/globals';
import type { ModelSessionSetup } from '@tandem/conversation';
import { scripted } from '@tandem/simulators';
import { open, refusals, waitUntil } from './test/simulated-endpoint.ts';

describe('opening a Realtime session', () => {
  it('configures it with one update that the strict server accepts', async () => {
    const { ready } = await open();
    const { far } = await ready();
    expect(refusals(far)).toEqual({});
    expect(far.config).toMatchObject({
      instructions: 'You are Sarah.',
      output_modalities: ['audio'],
      audio: {
        input: {
          format: { type: 'audio/pcmu' },
          noise_reduction: { type: 'near_field' },
          transcription: { model: 'gpt-live-transcribe', languages: ['en'] },
          turn_detection: {
            type: 'server_vad',
            silence_duration_ms: 300,
            create_response: true,
            interrupt_response: true,
          },
        },
        output: { format: { type: 'audio/pcmu' }, voice: 'marin', speed: 1.1 },
      },
      tools: [{ type: 'function', name: 'book_appointment' }],
    });
  });

  it.each<[string, Partial<ModelSessionSetup>]>([
    ['semantic turn detection', { turnDetection: { kind: 'semantic-vad', eagerness: 'high' } }],
    ['turns decided by us', { turnOwner: 'session' }],
    ['no noise reduction', { noiseReduction: 'off' }],
    ['no transcription', { transcriptionModel: '' }],
    ['another transcriber', { transcriptionModel: 'gpt-4o-transcribe', language: 'de-DE' }],
    ['no tools', { tools: [] }],
  ])('is accepted with %s', async (_what, changes) => {
    const { ready } = await open({}, changes);
    expect(refusals((await ready()).far)).toEqual({});
  });

  it('seeds an earlier conversation as text, in order', async () => {
    const { ready, listener } = await open(
      { behaviour: scripted({ turns: [] }) },
      {
        history: () => [
          { kind: 'agent', text: 'Hello.' },
          { kind: 'caller', text: 'A plumber, please.' },
          {
            kind: 'tool-call',
            providerCallId: 'call_1',
            name: 'book_appointment',
            argumentsJson: '{"service":"plumbing"}',
          },
          { kind: 'tool-result', providerCallId: 'call_1', output: '{"status":"ok"}' },
          { kind: 'note', text: 'The line was lost for a moment.' },
        ],
      },
    );
    const { far, session } = await ready();
    session.respond({ kind: 'reply' });
    await listener.until('response completed');
    expect(refusals(far)).toEqual({});
    expect(
      far.seededItems.map((item) => [item.type, item['role'] ?? item['name'] ?? item['call_id']]),
    ).toEqual([
      ['message', 'assistant'],
      ['message', 'user'],
      ['function_call', 'book_appointment'],
      ['function_call_output', 'call_1'],
      ['message', 'system'],
    ]);
  });

  it('uses the path and the key header of Azure', async () => {
    const { ready } = await open({}, {}, { isAzure: true });
    expect(refusals((await ready()).far)).toEqual({});
  });

  it.each([
    [401, 'authentication', false],
    [403, 'authentication', false],
    [429, 'rate-limit', true],
    [500, 'server', true],
    [503, 'server', true],
  ] as const)('refused with %i is a fault of category %s', async (status, category, retryable) => {
    const { start, listener, simulator } = await open();
    simulator.faults.add({ kind: 'refuse', status });
    start();
    await waitUntil(() => listener.closed !== undefined, 'the end');
    expect(listener.closed).toMatchObject({ category, retryable, code: `http-${status}` });
  });

  it.each([
    ['invalid_api_key', 'authentication'],
    ['insufficient_quota', 'quota'],
    ['model_not_found', 'invalid-request'],
    ['server_error', 'server'],
  ] as const)('refused inside the socket with %s is a fault of category %s', async (code, category) => {
    const { start, listener, simulator } = await open();
    simulator.faults.add({ kind: 'refuse-in-band', code });
    start();
    await waitUntil(() => listener.closed !== undefined, 'the end');
    expect(listener.closed?.category).toBe(category);
  });

  it('fails when the server does not answer', async () => {
    const { start, listener, simulator } = await open({}, {}, { openTimeoutMs: 150 });
    simulator.faults.add({ kind: 'hang' });
    start();
    await waitUntil(() => listener.closed !== undefined, 'the end');
    expect(listener.closed).toMatchObject({ category: 'connectivity', code: 'open-timeout' });
  });
});
