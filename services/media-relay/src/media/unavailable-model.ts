import { PCMU_8K, ProviderError } from '@tandem/contracts';
import type { Clock, VoiceModel, VoiceModelSession } from '@tandem/conversation';

/**
 * Returns a stand-in for a model this deployment has no key or program for. Its sessions fail at once, with
 * the reason.
 */
export function unavailableModel(provider: string, code: string, clock: Clock): VoiceModel {
  const ignore = (): void => undefined;
  return {
    provider,
    capabilities: {
      inputFormats: [PCMU_8K],
      outputFormats: [PCMU_8K],
      maxSessionMs: null,
    },
    open: (_setup, listener): VoiceModelSession => {
      const error = new ProviderError(`The ${provider} model is not configured on this relay.`, {
        provider,
        code,
        category: 'invalid-request',
      });
      clock.after(0, () => listener.onClosed(error));
      return {
        provider,
        model: '',
        voice: '',
        pushAudio: ignore,
        respond: ignore,
        cancelResponse: ignore,
        truncate: ignore,
        sendToolResult: ignore,
        decideToolCall: ignore,
        addNote: ignore,
        addCallerText: ignore,
        change: ignore,
        onIdle: ignore,
        abandon: ignore,
        finishInput: ignore,
        close: ignore,
      };
    },
  };
}
