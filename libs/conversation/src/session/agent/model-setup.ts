import { sameFormat, sessionSettings, type AudioFormat } from '@tandem/contracts';
import type { ModelSessionSetup, VoiceModelCapabilities } from '../../ports/voice-model.ts';
import type { CallInfo } from '../call-info.ts';
import { turnOwnerFor } from '../turns/interruption-policy.ts';

/** Returns the stream's format if the model offers it, so that no codec is needed; else null. */
export function sharedFormat(stream: AudioFormat, offered: readonly AudioFormat[]): AudioFormat | null {
  return offered.find((format) => sameFormat(format, stream)) ?? null;
}

/** Returns the setup of a call's model session; null when stream and model share no audio format. */
export function modelSetup(
  call: Pick<CallInfo, 'agent' | 'language'>,
  now: Pick<ModelSessionSetup, 'instructions' | 'tools' | 'history' | 'isClosing'>,
  format: AudioFormat,
  capabilities: VoiceModelCapabilities,
): ModelSessionSetup | null {
  const inputFormat = sharedFormat(format, capabilities.inputFormats);
  const outputFormat = sharedFormat(format, capabilities.outputFormats);
  if (!inputFormat || !outputFormat) return null;
  const { agent } = call;
  return {
    ...now,
    turnDetection: agent.turnDetection,
    turnOwner: turnOwnerFor(agent.interruption),
    language: call.language,
    ...sessionSettings(agent.model),
    inputFormat,
    outputFormat,
  };
}
