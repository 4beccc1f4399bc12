import { anthropicMessagesModel } from './anthropic-messages.ts';
import { chatCompletionsModel } from './chat-completions.ts';
import { demoTextModel } from './demo-text-model.ts';
import type { TextModel } from './text-model.ts';

/** The text model of a deployment, as its settings have it. */
export interface TextModelOptions {
  /** The form of the API; absent for the rule-based stand-in. */
  readonly kind?: 'openai' | 'anthropic' | undefined;
  /** The provider's own address when absent. */
  readonly baseUrl?: string | undefined;
  readonly apiKey?: string | undefined;
  readonly model?: string | undefined;
  readonly timeoutMs: number;
}

const ADDRESSES = { openai: 'https://api.openai.com/v1', anthropic: 'https://api.anthropic.com/v1' } as const;

/** Returns the text model of these settings; the demo where kind, name or a needed key is missing. */
export function openTextModel({ kind, baseUrl, apiKey, model, timeoutMs }: TextModelOptions): TextModel {
  if (kind === undefined || model === undefined) return demoTextModel;
  const options = { baseUrl: baseUrl ?? ADDRESSES[kind], model, timeoutMs };
  if (kind === 'anthropic')
    return apiKey === undefined ? demoTextModel : anthropicMessagesModel({ ...options, apiKey });
  // A server of one's own needs no key; OpenAI does.
  return apiKey === undefined && baseUrl === undefined
    ? demoTextModel
    : chatCompletionsModel({ ...options, apiKey });
}
