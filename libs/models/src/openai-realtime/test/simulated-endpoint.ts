import { afterEach, expect } from '@jest/globals';
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
import { RealtimeSimulator, type RealtimeSimulatorOptions, type SimulatedSession } from '@tandem/simulators';
import { z } from 'zod';
import { openAiRealtimeModel } from '../openai-realtime-model.ts';

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

/** Records every event of the session. */
export class Listener implements ModelSessionListener {
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

/** Ends a spec that hangs; a busy machine may take seconds for what takes milliseconds otherwise. */
const HANGS_AFTER_MS = 20_000;

export async function waitUntil(isSo: () => boolean, what: string): Promise<void> {
  for (let waited = 0; !isSo(); waited += 5) {
    if (waited > HANGS_AFTER_MS) throw new Error(`Waited in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

const errors: unknown[] = [];
const clock = new RealClock((error) => errors.push(error));
const opened: { simulator: RealtimeSimulator; session?: VoiceModelSession }[] = [];

export async function open(
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
    openTimeoutMs: adapter.openTimeoutMs ?? HANGS_AFTER_MS,
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
export const speech = (ms: number, seed = 1) =>
  Array.from({ length: ms / 20 }, (_, n) =>
    Buffer.from(
      Array.from({ length: 160 }, (_unused, at) =>
        (at * 7 + n * 13 + seed) % 2 === 0 ? 0x10 + ((at + n) % 8) : 0x90 + ((at * n) % 8),
      ),
    ),
  );
export const silence = (ms: number) => Array.from({ length: ms / 20 }, () => Buffer.alloc(160, 0xff));
export const push = (session: VoiceModelSession, frames: readonly Buffer[]) =>
  frames.forEach((frame) => session.pushAudio(AudioFrame.fromBase64(frame.toString('base64'), frame.length)));
export const refusals = (far: SimulatedSession) => far.counters.refusals;
