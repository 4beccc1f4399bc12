import { isBelievable, UNKNOWN_USAGE, type Usage } from '@tandem/contracts';
import type { CallRecord } from '@tandem/database';
import type { EventOf } from './event-of.ts';

/** Returns the reported usage, summed per model. */
export function foldUsage(reported: readonly EventOf<'usage.reported'>[]): CallRecord['usage'] {
  const totals = new Map<string, { provider: string; model: string; usage: Usage }>();
  for (const { data } of reported) {
    const { provider, model } = data;
    const key = `${provider}/${model}`;
    const usage = isBelievable(data.usage) ? data.usage : UNKNOWN_USAGE;
    const sum = totals.get(key)?.usage;
    totals.set(key, { provider, model, usage: sum ? add(sum, usage) : usage });
  }
  return [...totals.values()];
}

function add(a: Usage, b: Usage): Usage {
  return {
    inputTextTokens: a.inputTextTokens + b.inputTextTokens,
    inputAudioTokens: a.inputAudioTokens + b.inputAudioTokens,
    cachedTextTokens: a.cachedTextTokens + b.cachedTextTokens,
    cachedAudioTokens: a.cachedAudioTokens + b.cachedAudioTokens,
    outputTextTokens: a.outputTextTokens + b.outputTextTokens,
    outputAudioTokens: a.outputAudioTokens + b.outputAudioTokens,
    transcriptionMs: a.transcriptionMs + b.transcriptionMs,
    ...(a.isUnknown || b.isUnknown ? { isUnknown: true } : {}),
  };
}
