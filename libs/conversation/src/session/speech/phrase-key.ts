import type { AgentSnapshot, AudioFormat } from '@tandem/contracts';
import type { PhraseKey } from '../../ports/phrase-cache.ts';
import type { VoiceModel, VoiceModelSession } from '../../ports/voice-model.ts';

export interface PhraseSpeaker {
  readonly agent: AgentSnapshot;
  readonly language: string;
  /** 1 is the voice's own pace. */
  readonly speed: number;
  /** The caller stream's format. */
  readonly format: AudioFormat;
}

/** Words are kept by voice: after a fallback the call speaks with another one. */
export function phraseKey(
  text: string,
  { agent, language, speed, format }: PhraseSpeaker,
  model: Pick<VoiceModel, 'provider'>,
  session: Pick<VoiceModelSession, 'provider' | 'voice'> | null,
): PhraseKey {
  const { agentId, agentVersion, variantKey } = agent;
  const { provider, voice } = session ?? { provider: model.provider, voice: agent.model.voice };
  return { agentId, agentVersion, variantKey, provider, voice, speed, language, format, text };
}
