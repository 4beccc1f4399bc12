import { sessionSettings, textsOf, type AgentSnapshot, type AudioFormat } from '@tandem/contracts';
import type { Clock } from '../../ports/clock.ts';
import type { PhraseAudioCache } from '../../ports/phrase-cache.ts';
import type { ResponseStatus, VoiceModel } from '../../ports/voice-model.ts';
import type { ModelSessionListener } from '../../ports/model-session-listener.ts';
import { modelSetup } from '../agent/model-setup.ts';
import { PhraseCapture } from './phrase-capture.ts';
import { phraseKey, type PhraseSpeaker } from './phrase-key.ts';

/** A phrase of an agent that callers wait for when nothing has said it before. */
export interface MissingPhrase {
  readonly text: string;
  readonly speaker: PhraseSpeaker;
}

/** Opening takes at most half of this, and the phrase is one sentence. */
const TIME_LIMIT_MS = 20_000;

/**
 * Returns the phrase that explains a lost relay to its callers, unless it is cached. It is the one phrase
 * that is needed before the call has a model: from the cache it plays at once, a model takes two seconds.
 */
export function missingBridge(
  call: { readonly agent: AgentSnapshot; readonly language: string; readonly format: AudioFormat },
  model: Pick<VoiceModel, 'provider'>,
  cache: Pick<PhraseAudioCache, 'has'>,
): MissingPhrase | null {
  const text = textsOf(call.agent, call.language).bridge;
  const speaker = { ...call, speed: sessionSettings(call.agent.model).speed ?? 1 };
  return text === '' || cache.has(phraseKey(text, speaker, model, null)) ? null : { text, speaker };
}

/**
 * Has the model say a phrase in a session of its own and caches the audio. Resolves to whether it was cached;
 * never rejects. Other words than these are not cached. The signal gives the session up.
 */
export async function preparePhrase(
  { text, speaker }: MissingPhrase,
  model: VoiceModel,
  cache: Pick<PhraseAudioCache, 'put'>,
  clock: Clock,
  signal: AbortSignal,
): Promise<boolean> {
  const { instructions } = speaker.agent;
  const words = { instructions, tools: [], history: () => [] };
  const setup = modelSetup(speaker, words, speaker.format, model.capabilities);
  if (!setup || signal.aborted) return false;
  const capture = new PhraseCapture(text, speaker.format);
  const ended = Promise.withResolvers<ResponseStatus>();
  const giveUp = (): void => ended.resolve('failed');
  const session = model.open(
    { ...setup, turnOwner: 'session' },
    {
      ...IGNORED,
      onReady: () => session.respond({ kind: 'say', text }),
      onAudio: (frame) => capture.audio(frame),
      onAgentText: (_itemId, delta) => capture.agentText(delta),
      onResponseDone: (_responseId, status) => ended.resolve(status),
      onClosed: giveUp,
    },
  );
  const timer = clock.after(TIME_LIMIT_MS, giveUp);
  signal.addEventListener('abort', giveUp, { once: true });
  const frames = capture.framesOf(await ended.promise);
  signal.removeEventListener('abort', giveUp);
  timer.cancel();
  if (frames) cache.put(phraseKey(text, speaker, model, session), frames);
  session.close();
  return frames !== null;
}

const ignore = (): void => undefined;
const IGNORED: ModelSessionListener = {
  onReady: ignore,
  onAudio: ignore,
  onAgentText: ignore,
  onItemDone: ignore,
  onCallerSpeechStarted: ignore,
  onCallerSpeechStopped: ignore,
  onCallerText: ignore,
  onResponseStarted: ignore,
  onToolCall: ignore,
  onResponseDone: ignore,
  onMoved: ignore,
  onFault: ignore,
  onClosed: ignore,
};
