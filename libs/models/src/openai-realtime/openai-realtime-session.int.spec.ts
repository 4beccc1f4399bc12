import { afterEach, describe, expect, it } from '@jest/globals';
import {
  defineTool,
  PCMU_8K,
  type ItemId,
  type ProviderError,
  type ResponseId,
  type Usage,
} from '@tandem/contracts';
import {
  AudioFrame,
  RealClock,
  type ModelSessionListener,
  type ModelSessionSetup,
  type ModelToolCall,
  type ResponseStatus,
  type VoiceModelSession,
} from '@tandem/conversation';
import {
  echo,
  RealtimeSimulator,
  scripted,
  type RealtimeSimulatorOptions,
  type SimulatedSession,
} from '@tandem/simulators';
import { z } from 'zod';
import { openAiRealtimeModel } from './openai-realtime-model.ts';

const bookAppointment = defineTool({
  name: 'book_appointment',
  description: 'Books.',
  place: 'worker',
  arguments: z.strictObject({
    service: z.enum(['plumbing', 'heating']),
    start: z.iso.datetime({ offset: true }),
    notes: z.string().max(100).optional(),
  }),
  cancellable: false,
  deadlineMs: 1_000,
});

const setup = (changes: Partial<ModelSessionSetup> = {}): ModelSessionSetup => ({
  instructions: 'You are Sarah.',
  tools: [bookAppointment],
  turnDetection: { kind: 'server-vad', threshold: 0.5, prefixPaddingMs: 300, silenceMs: 300 },
  turnOwner: 'model',
  language: 'en-US',
  voice: 'marin',
  transcriptionModel: 'gpt-live-transcribe',
  noiseReduction: 'near_field',
  speed: 1.1,
  inputFormat: PCMU_8K,
  outputFormat: PCMU_8K,
  history: () => [],
  ...changes,
});

/** Writes down everything the session tells. */
class Listener implements ModelSessionListener {
  readonly told: string[] = [];
  readonly audio = new Map<ItemId, Buffer[]>();
  readonly texts = new Map<ItemId, string>();
  readonly toolCalls: ModelToolCall[] = [];
  readonly faults: ProviderError[] = [];
  readonly usages: (Usage | null)[] = [];
  readonly billed: [model: string, usage: Usage][] = [];
  closed: ProviderError | null | undefined;

  onMoved = () => void this.told.push('moved');
  onReady = () => void this.told.push('ready');
  onAudio = (frame: AudioFrame, itemId: ItemId) => {
    const chunks = this.audio.get(itemId) ?? [];
    if (chunks.length === 0) this.told.push('audio');
    this.audio.set(itemId, [...chunks, Buffer.from(frame.bytes)]);
  };
  onAgentText = (itemId: ItemId, delta: string) =>
    void this.texts.set(itemId, (this.texts.get(itemId) ?? '') + delta);
  onItemDone = () => void this.told.push('item done');
  onCallerSpeechStarted = () => void this.told.push('caller started');
  onCallerSpeechStopped = () => void this.told.push('caller stopped');
  onCallerText = (_itemId: ItemId, text: string | null, isFinal: boolean) =>
    void (isFinal && this.told.push(`caller: ${text ?? 'words unknown'}`));
  onResponseStarted = (_responseId: ResponseId) => void this.told.push('response started');
  onToolCall = (call: ModelToolCall) => void this.toolCalls.push(call);
  onResponseDone = (_responseId: ResponseId, status: ResponseStatus, usage: Usage | null) => {
    this.told.push(`response ${status}`);
    this.usages.push(usage);
  };
  onUsage = (model: string, usage: Usage) => void this.billed.push([model, usage]);
  onFault = (error: ProviderError) => void this.faults.push(error);
  onClosed = (error: ProviderError | null) => void (this.closed = error);

  async until(what: string, times = 1): Promise<void> {
    await waitUntil(
      () => this.told.filter((told) => told === what).length >= times,
      `"${what}" ×${times}; told so far: ${this.told.join(', ')}`,
    );
  }
}

async function waitUntil(isSo: () => boolean, what: string): Promise<void> {
  for (let waited = 0; !isSo(); waited += 5) {
    if (waited > 8_000) throw new Error(`Waited in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

const errors: unknown[] = [];
const clock = new RealClock((error) => errors.push(error));
const opened: { simulator: RealtimeSimulator; session?: VoiceModelSession }[] = [];

async function open(
  options: RealtimeSimulatorOptions = {},
  changes: Partial<ModelSessionSetup> = {},
  adapter: { apiKey?: string; openTimeoutMs?: number; isAzure?: boolean } = {},
) {
  const simulator = new RealtimeSimulator({
    pace: { firstByteMs: 5, deltaMs: 100, audioRate: 40 },
    transcriptionDelayMs: 20,
    selfCheck: true,
    ...options,
  });
  const at = await simulator.start({ controlPort: false });
  const listener = new Listener();
  const model = openAiRealtimeModel({
    url: adapter.isAzure ? at.azureUrl : at.url,
    apiKey: adapter.apiKey ?? 'sk-test',
    model: 'gpt-realtime-2.1',
    clock,
    onError: (error) => errors.push(error),
    openTimeoutMs: adapter.openTimeoutMs ?? 2_000,
  });
  const entry: (typeof opened)[number] = { simulator };
  opened.push(entry);
  return {
    simulator,
    listener,
    start: () => (entry.session = model.open(setup(changes), listener)),
    ready: async (): Promise<{ session: VoiceModelSession; far: SimulatedSession }> => {
      const session = (entry.session = model.open(setup(changes), listener));
      await listener.until('ready');
      return { session, far: simulator.sessions.at(-1)! };
    },
  };
}

afterEach(async () => {
  for (const { simulator, session } of opened.splice(0)) {
    session?.close();
    await simulator.stop();
  }
  expect(errors.splice(0)).toEqual([]);
});

/** 20 ms frames of speech-like noise, or of silence. */
const speech = (ms: number, seed = 1) =>
  Array.from({ length: ms / 20 }, (_, n) =>
    Buffer.from(
      Array.from({ length: 160 }, (_unused, at) =>
        (at * 7 + n * 13 + seed) % 2 === 0 ? 0x10 + ((at + n) % 8) : 0x90 + ((at * n) % 8),
      ),
    ),
  );
const silence = (ms: number) => Array.from({ length: ms / 20 }, () => Buffer.alloc(160, 0xff));
const push = (session: VoiceModelSession, frames: readonly Buffer[]) =>
  frames.forEach((frame) => session.pushAudio(AudioFrame.fromBase64(frame.toString('base64'), frame.length)));
const refusals = (far: SimulatedSession) => far.counters.refusals;

describe('opening a Realtime session', () => {
  it('configures it with one update the strict server takes whole', async () => {
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
  ])('is taken with %s', async (_what, changes) => {
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

  it('speaks to Azure under its path and key header', async () => {
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

  it('gives up when nothing answers', async () => {
    const { start, listener, simulator } = await open({}, {}, { openTimeoutMs: 150 });
    simulator.faults.add({ kind: 'hang' });
    start();
    await waitUntil(() => listener.closed !== undefined, 'the end');
    expect(listener.closed).toMatchObject({ category: 'connectivity', code: 'open-timeout' });
  });
});

describe('talking', () => {
  it('passes audio both ways without changing a byte', async () => {
    const { ready, listener } = await open({ behaviour: echo() });
    const { session, far } = await ready();
    const said = [...silence(200), ...speech(900), ...silence(600)];
    push(session, said);
    await listener.until('response completed');
    expect(far.received.equals(Buffer.concat(said))).toBe(true);
    const [[item, heard] = []] = [...listener.audio];
    expect(Buffer.concat(heard!).equals(far.sentFor(item!))).toBe(true);
    expect(far.received.includes(Buffer.concat(heard!))).toBe(true);
  });

  it('tells the caller’s speech, the reply and the late words in order', async () => {
    const { ready, listener } = await open({
      behaviour: scripted({ turns: [{ say: 'Which day?' }] }),
      callerLines: ['A plumber, please.'],
    });
    const { session } = await ready();
    push(session, [...silence(200), ...speech(900), ...silence(600)]);
    await listener.until('caller: A plumber, please.');
    await listener.until('response completed');
    expect(listener.told.filter((told) => !told.startsWith('caller:'))).toEqual([
      'ready',
      'caller started',
      'caller stopped',
      'response started',
      'audio',
      'item done',
      'response completed',
    ]);
    expect([...listener.texts.values()]).toEqual(['Which day?']);
    expect(listener.usages[0]?.outputAudioTokens).toBeGreaterThan(0);
    expect(listener.usages[0]!.cachedAudioTokens).toBeLessThanOrEqual(listener.usages[0]!.inputAudioTokens);
  });

  it.each([
    ['gpt-live-transcribe', { transcriptionMs: 1_000, inputAudioTokens: 0, outputTextTokens: 0 }],
    ['gpt-4o-transcribe', { transcriptionMs: 0, inputAudioTokens: 9, outputTextTokens: 5 }],
  ])('reports what %s bills for the words of the caller', async (transcriptionModel, usage) => {
    const { ready, listener } = await open(
      { behaviour: scripted({ turns: [] }), callerLines: ['A plumber, please.'] },
      { transcriptionModel },
    );
    const { session } = await ready();
    push(session, [...speech(600), ...silence(400)]);
    await listener.until('caller: A plumber, please.');
    expect(listener.billed).toEqual([[transcriptionModel, expect.objectContaining(usage)]]);
  });

  it('says given words, in order, one response at a time', async () => {
    const { ready, listener } = await open({ behaviour: scripted({ turns: [] }) });
    const { session, far } = await ready();
    session.respond({ kind: 'say', text: 'Good morning.' });
    session.respond({ kind: 'say', text: 'How can I help?' });
    await listener.until('response completed', 2);
    expect([...listener.texts.values()]).toEqual(['Good morning.', 'How can I help?']);
    expect(refusals(far)).toEqual({});
  });

  it('carries a tool call out and its result in, and gets the reply', async () => {
    const { ready, listener } = await open({
      behaviour: scripted({
        turns: [
          {
            call: { name: 'book_appointment', arguments: { service: 'plumbing' } },
            then: { say: 'Booked for {{result.start}}.' },
          },
        ],
      }),
    });
    const { session } = await ready();
    session.respond({ kind: 'reply' });
    await listener.until('response completed');
    const [call] = listener.toolCalls;
    expect(call).toMatchObject({ name: 'book_appointment', argumentsJson: '{"service":"plumbing"}' });
    session.sendToolResult(call!.providerCallId, JSON.stringify({ status: 'ok', result: { start: 'nine' } }));
    session.respond({ kind: 'reply' });
    await listener.until('response completed', 2);
    expect([...listener.texts.values()]).toEqual(['Booked for nine.']);
  });

  it('cancels a response, forgets those waiting, and truncates within what was received', async () => {
    const { ready, listener } = await open({
      behaviour: scripted({ turns: [] }),
      pace: { firstByteMs: 5, deltaMs: 100, audioRate: 4 },
    });
    const { session, far } = await ready();
    session.respond({
      kind: 'say',
      text: 'A very long sentence that would take quite a while to say to the very end of it.',
    });
    session.respond({ kind: 'say', text: 'Never said.' });
    await listener.until('audio');
    session.cancelResponse();
    const [item] = [...listener.audio.keys()];
    session.truncate(item!, 1e9);
    await listener.until('response cancelled');
    await far.waitFor((event) => event.type === 'conversation.item.truncated');
    const [truncated] = far.sentEvents('conversation.item.truncated');
    expect(truncated!['audio_end_ms']).toBeLessThanOrEqual(
      Buffer.concat(listener.audio.get(item!)!).length / 8 + 100,
    );
    expect(refusals(far)).toEqual({});
    session.cancelResponse(); // nothing runs: harmless
    session.addNote('The caller pressed 5.');
    await far.waitFor(
      (event) =>
        event.type === 'conversation.item.added' && JSON.stringify(event.event).includes('pressed 5'),
    );
    expect(listener.told.filter((told) => told === 'response started')).toHaveLength(1);
    expect(listener.faults).toEqual([]);
  });

  it(
    'waits its turn with words that must be said when the server was first, and drops a reply that is no ' +
      'longer needed',
    async () => {
      const { ready, listener } = await open({ behaviour: scripted({ turns: [{ say: 'My own answer.' }] }) });
      const { session, far } = await ready();
      push(session, [...silence(200), ...speech(900), ...silence(600)]);
      await far.waitFor((event) => event.direction === 'out' && event.type === 'response.created');
      session.respond({ kind: 'say', text: 'Please hold on.' });
      await listener.until('response completed', 2);
      expect([...listener.texts.values()]).toEqual(['My own answer.', 'Please hold on.']);
      expect(listener.faults).toEqual([]);
    },
  );

  it('changes what is to be changed while it runs', async () => {
    const { ready } = await open();
    const { session, far } = await ready();
    session.change({
      instructions: 'Be brief.',
      turnOwner: 'session',
      noiseReduction: 'far_field',
      language: 'es-MX',
      tools: [],
    });
    await far.waitFor(
      (event) =>
        event.direction === 'out' &&
        event.type === 'session.updated' &&
        JSON.stringify(event.event).includes('Be brief.'),
    );
    expect(far.config).toMatchObject({
      audio: {
        input: {
          noise_reduction: { type: 'far_field' },
          transcription: { languages: ['es'] },
          turn_detection: { create_response: false, interrupt_response: false },
        },
      },
      tools: [],
    });
    session.change({ noiseReduction: 'off' });
    await far.waitFor((event) => event.direction === 'out' && event.type === 'session.updated', {
      fromNow: true,
    });
    expect(refusals(far)).toEqual({});
  });

  it('reports the words of a caller who was still speaking when the line closed', async () => {
    const { ready, listener } = await open({
      behaviour: scripted({ turns: [] }),
      callerLines: ['And one more th—'],
    });
    const { session } = await ready();
    push(session, [...silence(200), ...speech(900)]);
    await listener.until('caller started');
    session.finishInput();
    await listener.until('caller: And one more th—');
    expect(listener.told).not.toContain('response started');
  });

  it('does not wait for words that could not be transcribed', async () => {
    const { ready, listener, simulator } = await open({ behaviour: scripted({ turns: [] }) });
    simulator.faults.add({ kind: 'fail-transcription' });
    const { session } = await ready();
    push(session, [...silence(200), ...speech(900), ...silence(600)]);
    await listener.until('caller: words unknown');
  });
});

describe('a Realtime session in trouble', () => {
  it.each(['unknown-event', 'unknown-field', 'missing-field', 'wrong-type', 'malformed-json'] as const)(
    'outlives an event that is wrong (%s)',
    async (what) => {
      const { ready, listener } = await open({ behaviour: scripted({ turns: [] }), selfCheck: false });
      const { session, far } = await ready();
      far.strike({ kind: 'bad-event', what });
      session.respond({ kind: 'say', text: 'Still here.' });
      await listener.until('response completed');
      expect([...listener.texts.values()].filter(Boolean)).toEqual(['Still here.']);
    },
  );

  it.each(['reset', 'fin', 'close'] as const)('tells once when the socket goes (%s)', async (how) => {
    const { ready, listener } = await open();
    const { session, far } = await ready();
    far.strike({ kind: 'cut', how });
    await waitUntil(() => listener.closed !== undefined, 'the end');
    expect(listener.closed?.retryable).toBe(true);
    session.respond({ kind: 'reply' });
    session.pushAudio(AudioFrame.fromBytes(new Uint8Array(160)));
    session.close();
  });

  it('is over when the hour is', async () => {
    const { ready, listener } = await open({ maxSessionMs: 200 });
    await ready();
    await waitUntil(() => listener.closed !== undefined, 'the end');
    expect(listener.closed).toMatchObject({ code: 'session_expired', category: 'server', retryable: true });
  });

  it('says why a response failed and goes on', async () => {
    const { ready, listener, simulator } = await open({ behaviour: scripted({ turns: [] }) });
    simulator.faults.add({ kind: 'fail-response', as: 'rate_limit_exceeded', times: 1 });
    const { session } = await ready();
    session.respond({ kind: 'say', text: 'One.' });
    await listener.until('response failed');
    expect(listener.faults).toMatchObject([{ category: 'rate-limit' }]);
    session.respond({ kind: 'say', text: 'Two.' });
    await listener.until('response completed');
  });

  it('is closed by us without a fault', async () => {
    const { ready, listener } = await open();
    const { session } = await ready();
    session.close();
    await waitUntil(() => listener.closed !== undefined, 'the end');
    expect(listener.closed).toBeNull();
  });
});
