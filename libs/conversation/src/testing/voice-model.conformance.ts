import { afterEach, describe, expect, it } from '@jest/globals';
import {
  bytesPerMs,
  PCMU_8K,
  ProviderError,
  type AudioFormat,
  type ItemId,
  type ToolDeclaration,
} from '@tandem/contracts';
import { AudioFrame } from '../audio/audio-frame.ts';
import { SILENCE_BYTE } from '../audio/silence.ts';
import type { ModelSessionSetup, SpeakRequest, VoiceModel, VoiceModelSession } from '../ports/voice-model.ts';
import type { ManualClock } from './manual-clock.ts';
import { WatchedModelSession } from './watched-model-session.ts';

/** A model under test with its far end, on a manual clock; each adapter provides one. */
export interface VoiceModelFarSide {
  readonly model: VoiceModel;
  readonly clock: ManualClock;
  readonly tools: readonly ToolDeclaration[];
  /** Words of a caller that make the model call one of the tools. */
  readonly wordsForTool: string;
  /** A session that does not open fails within this. */
  readonly openTimeoutMs: number;
  /** Sessions opened from now on do not become ready. */
  refusesToOpen(): void;
  /** Responses from now on begin, and end only after {@link finishesResponses}. */
  holdsResponses(): void;
  finishesResponses(): void;
  /** The caller speaks until the model has noticed. */
  callerStarts(session: VoiceModelSession): Promise<void>;
  /** The caller is silent until the model has noticed; null for words it does not understand. */
  callerStops(session: VoiceModelSession, words: string | null): Promise<void>;
  /** The caller has spoken, and no more audio will come. */
  lineCloses(session: VoiceModelSession, words: string): Promise<void>;
}

const SETUP: Omit<ModelSessionSetup, 'history' | 'tools' | 'inputFormat' | 'outputFormat'> = {
  instructions: 'You are Sarah.',
  turnDetection: { kind: 'server-vad', threshold: 0.5, prefixPaddingMs: 300, silenceMs: 500 },
  turnOwner: 'model',
  language: 'en-US',
  voice: 'rms',
  transcriptionModel: 'any',
};
const NO_ITEM = 'item_unknown' as ItemId;
/** More than any adapter takes between two steps of a conversation. */
const STEP_MS = 100;
const say = (text: string): SpeakRequest => ({ kind: 'say', text });
const REPLY: SpeakRequest = { kind: 'reply' };

/**
 * Everything a conversation may rely on, whatever model speaks: the contract of ports/voice-model.ts. The
 * model has to offer `format`.
 */
export function describeVoiceModel(
  name: string,
  connect: () => VoiceModelFarSide,
  format: AudioFormat = PCMU_8K,
): void {
  const silence = new Uint8Array(20 * bytesPerMs(format)).fill(SILENCE_BYTE[format.encoding]);
  const frame = AudioFrame.fromBytes(silence);
  const formats = { inputFormat: format, outputFormat: format };
  let opened: { far: VoiceModelFarSide; watched: WatchedModelSession }[] = [];

  function open(far: VoiceModelFarSide, changes: Partial<ModelSessionSetup> = {}) {
    const watched = new WatchedModelSession(far.model, {
      ...SETUP,
      ...formats,
      tools: far.tools,
      ...changes,
    });
    opened.push({ far, watched });
    return watched;
  }

  async function ready(changes: Partial<ModelSessionSetup> = {}) {
    const far = connect();
    const watched = open(far, changes);
    await far.clock.pass(STEP_MS);
    const asks = async (...requests: readonly SpeakRequest[]): Promise<void> => {
      for (const request of requests) watched.calling(() => watched.session.respond(request));
      await far.clock.pass(STEP_MS);
    };
    return { far, watched, session: watched.session, asks };
  }

  afterEach(async () => {
    for (const { far, watched } of opened) {
      watched.calling(() => watched.session.close());
      await far.clock.pass(2_000);
      expect(watched.broken).toEqual([]);
    }
    opened = [];
  });

  describe(`${name}: a session that opens`, () => {
    it('is ready once, later, and has read the history by then', async () => {
      const { watched } = await ready();
      expect(watched.events).toEqual(['ready']);
      expect(watched.historyReads).toBe(1);
    });

    it('takes no harm from audio and commands that come before it is ready', async () => {
      const far = connect();
      const watched = open(far);
      watched.calling(() => {
        watched.session.pushAudio(frame);
        watched.session.respond(say('Too soon.'));
        watched.session.cancelResponse();
        watched.session.truncate(NO_ITEM, 100);
      });
      await far.clock.pass(STEP_MS);
      expect(watched.events).toEqual(['ready']);
    });

    it('ends with an error within its time when it cannot be opened', async () => {
      const far = connect();
      far.refusesToOpen();
      const watched = open(far);
      await far.clock.pass(far.openTimeoutMs + STEP_MS);
      expect(watched.events).toEqual(['closed']);
      expect(watched.closedWith).toBeInstanceOf(ProviderError);
    });
  });

  describe(`${name}: responses`, () => {
    it('are spoken one at a time, in order, each with its end', async () => {
      const { watched, asks } = await ready();
      await asks(say('One moment.'), say('Thank you.'));
      expect(watched.events.slice(1)).toEqual([
        'response started',
        'item done',
        'response completed',
        'response started',
        'item done',
        'response completed',
      ]);
      expect([...watched.texts.values()]).toEqual(['One moment.', 'Thank you.']);
      expect(watched.audioBytes).toBeGreaterThan(0);
    });

    it('are one for all replies that wait behind one another', async () => {
      const { far, watched, asks } = await ready();
      far.holdsResponses();
      await asks(say('One moment.'), REPLY, REPLY, REPLY);
      far.finishesResponses();
      await far.clock.pass(STEP_MS);
      expect(watched.count('response started')).toBe(2);
      expect(watched.count('response completed')).toBe(2);
    });

    it('that are cancelled say so, and those that wait are forgotten', async () => {
      const { far, watched, session, asks } = await ready();
      far.holdsResponses();
      await asks(say('One moment.'), say('Thank you.'));
      watched.calling(() => session.cancelResponse());
      await far.clock.pass(STEP_MS);
      far.finishesResponses();
      await far.clock.pass(STEP_MS);
      expect(watched.count('response started')).toBe(1);
      expect(watched.events.at(-1)).toBe('response cancelled');
      await asks(say('Still here.'));
      expect(watched.events.at(-1)).toBe('response completed');
    });

    it('may be cancelled and truncated when there are none', async () => {
      const { far, watched, session } = await ready();
      watched.calling(() => {
        session.cancelResponse();
        session.truncate(NO_ITEM, 100);
      });
      await far.clock.pass(STEP_MS);
      expect(watched.events).toEqual(['ready']);
    });

    it('may be truncated to what was heard, and the next one is spoken all the same', async () => {
      const { watched, session, asks } = await ready();
      await asks(say('We can come on Tuesday or on Wednesday.'));
      const [item] = watched.texts.keys();
      watched.calling(() => session.truncate(item as ItemId, 40));
      await asks(say('Thank you.'));
      expect(watched.count('response completed')).toBe(2);
      expect(watched.faults).toEqual([]);
    });
  });

  describe(`${name}: the caller`, () => {
    it('is answered after each turn by a model that owns the turns', async () => {
      const { far, watched, session } = await ready();
      await far.callerStarts(session);
      expect(watched.events.slice(1)).toEqual(['caller started']);
      await far.callerStops(session, 'a plumber please');
      await far.clock.pass(STEP_MS);
      expect(watched.events.slice(1, 3)).toEqual(['caller started', 'caller stopped']);
      expect([...watched.words]).toEqual([[watched.utterances[0], 'a plumber please']]);
      expect(watched.count('response completed')).toBe(1);
    });

    it('stops the response of a model that owns the turns', async () => {
      const { far, watched, session, asks } = await ready();
      far.holdsResponses();
      await asks(say('One moment.'));
      await far.callerStarts(session);
      await far.clock.pass(STEP_MS);
      expect(watched.events.at(-1)).toBe('response cancelled');
    });

    it('is only reported while the session owns the turns', async () => {
      const { far, watched, session, asks } = await ready({ turnOwner: 'session' });
      await far.callerStarts(session);
      await far.callerStops(session, 'a plumber please');
      await far.clock.pass(STEP_MS);
      expect(watched.events.slice(1)).toEqual(['caller started', 'caller stopped', 'caller words']);
      await asks(REPLY);
      expect(watched.count('response completed')).toBe(1);
    });

    it('may say words that stay unknown, which is not the same as none', async () => {
      const { far, watched, session } = await ready();
      await far.callerStarts(session);
      await far.callerStops(session, null);
      await far.clock.pass(STEP_MS);
      expect([...watched.words.values()]).toEqual([null]);
    });

    it('is heard to the end when the line closes, and not answered', async () => {
      const { far, watched, session } = await ready();
      await far.lineCloses(session, 'and one more thing');
      await far.clock.pass(STEP_MS);
      expect([...watched.words.values()]).toEqual(['and one more thing']);
      expect(watched.count('response started')).toBe(0);
    });
  });

  describe(`${name}: a tool`, () => {
    it('is called within a response, and its result is answered when a reply is asked for', async () => {
      const { far, watched, session, asks } = await ready();
      await far.callerStarts(session);
      await far.callerStops(session, far.wordsForTool);
      await far.clock.pass(STEP_MS);
      expect(watched.toolCalls).toHaveLength(1);
      const [{ name: tool, argumentsJson, providerCallId }] = watched.toolCalls as [
        (typeof watched.toolCalls)[0],
      ];
      expect(far.tools.map(({ name: declared }) => declared)).toContain(tool);
      expect(JSON.parse(argumentsJson)).toEqual(expect.any(Object));
      const before = watched.count('response started');
      watched.calling(() => session.sendToolResult(providerCallId, '{"status":"failed"}'));
      await far.clock.pass(STEP_MS);
      expect(watched.count('response started')).toBe(before);
      await asks(REPLY);
      expect(watched.count('response started')).toBe(before + 1);
      expect(watched.faults).toEqual([]);
    });
  });

  describe(`${name}: a session that ends`, () => {
    it('when it is closed, does so once and without an error', async () => {
      const { far, watched, session } = await ready();
      watched.calling(() => session.close());
      watched.calling(() => session.close());
      await far.clock.pass(STEP_MS);
      expect(watched.events).toEqual(['ready', 'closed']);
      expect(watched.closedWith).toBeNull();
    });

    it('when it is abandoned, does so with the error given', async () => {
      const { far, watched, session } = await ready();
      const error = new ProviderError('It is of no use.', {
        provider: session.provider,
        code: 'of-no-use',
        category: 'server',
      });
      watched.calling(() => session.abandon(error));
      await far.clock.pass(STEP_MS);
      expect(watched.events).toEqual(['ready', 'closed']);
      expect(watched.closedWith).toBe(error);
    });

    it('says nothing afterwards, and every command is without effect', async () => {
      const { far, watched, session, asks } = await ready();
      far.holdsResponses();
      await asks(say('One moment.'), REPLY);
      watched.calling(() => session.close());
      await far.clock.pass(STEP_MS);
      const told = [...watched.events];
      watched.calling(() => {
        session.pushAudio(frame);
        session.respond(REPLY);
        session.cancelResponse();
        session.truncate(NO_ITEM, 0);
        session.sendToolResult('call_unknown', '{}');
        session.addNote('The caller pressed 1.');
        session.addCallerText('A plumber, please.');
        session.change({ instructions: 'Be brief.' });
        session.onIdle();
        session.finishInput();
      });
      far.finishesResponses();
      await far.clock.pass(5_000);
      expect(watched.events).toEqual(told);
    });
  });
}
