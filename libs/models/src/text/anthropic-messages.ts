import { z } from 'zod';
import { postJson } from './post-json.ts';
import type { TextCompletion, TextFinish, TextMessage, TextModel, TextRequest } from './text-model.ts';

export interface AnthropicMessagesOptions {
  /** `https://api.anthropic.com/v1`, or a gateway of the same form. */
  readonly baseUrl: string;
  readonly apiKey: string;
  readonly model: string;
  readonly timeoutMs: number;
}

const VERSION = '2023-06-01';

const count = z.number().int().min(0);
const answerSchema = z.object({
  content: z.array(
    z.union([
      z.object({ type: z.literal('text'), text: z.string() }),
      z.object({
        type: z.literal('tool_use'),
        id: z.string().min(1).max(256),
        name: z.string().max(128),
        input: z.unknown(),
      }),
      // Blocks of later versions, such as thinking, say nothing to the reader.
      z.object({ type: z.string() }).transform(() => null),
    ]),
  ),
  stop_reason: z.string().nullish(),
  usage: z
    .object({
      input_tokens: count,
      output_tokens: count,
      cache_read_input_tokens: count.nullish(),
      cache_creation_input_tokens: count.nullish(),
    })
    .nullish(),
});
type Answer = z.infer<typeof answerSchema>;

interface Turn {
  readonly role: 'user' | 'assistant';
  readonly content: Record<string, unknown>[];
}

/** Returns a model behind Anthropic's Messages API. */
export function anthropicMessagesModel(options: AnthropicMessagesOptions): TextModel {
  const { baseUrl, apiKey, model, timeoutMs } = options;
  const endpoint = {
    provider: 'anthropic',
    url: `${baseUrl.replace(/\/+$/, '')}/messages`,
    headers: { 'x-api-key': apiKey, 'anthropic-version': VERSION },
    timeoutMs,
  };
  return {
    name: model,
    isDemo: false,
    complete: async (request) =>
      toCompletion(await postJson(endpoint, bodyOf(model, request), answerSchema, request.signal)),
  };
}

function bodyOf(model: string, request: TextRequest): Record<string, unknown> {
  const { system, messages, tools = [], maxTokens, temperature, responseSchema } = request;
  return {
    model,
    system,
    max_tokens: maxTokens,
    messages: toTurns(messages),
    ...(temperature === undefined ? {} : { temperature }),
    ...(tools.length === 0
      ? {}
      : {
          tools: tools.map(({ name, description, parameters }) => ({
            name,
            description,
            input_schema: parameters,
          })),
          ...toolChoice(request),
        }),
    ...(responseSchema === undefined
      ? {}
      : { output_config: { format: { type: 'json_schema', schema: responseSchema.schema } } }),
  };
}

function toolChoice({ mustAnswer, mustCall }: TextRequest): Record<string, unknown> {
  if (mustCall !== undefined) return { tool_choice: { type: 'tool', name: mustCall } };
  return mustAnswer ? { tool_choice: { type: 'none' } } : {};
}

/**
 * Joins messages of one role: roles alternate, and the results of all tools asked for come together in the
 * next message of the user.
 */
function toTurns(messages: readonly TextMessage[]): Turn[] {
  const turns: Turn[] = [];
  for (const message of messages) {
    const role = message.role === 'assistant' ? 'assistant' : 'user';
    const last = turns.at(-1);
    const blocks = toBlocks(message);
    if (last?.role === role) last.content.push(...blocks);
    else turns.push({ role, content: blocks });
  }
  return turns;
}

function toBlocks(message: TextMessage): Record<string, unknown>[] {
  if (message.role === 'tool')
    return [{ type: 'tool_result', tool_use_id: message.toolCallId, content: message.text }];
  const text = message.text.trim() === '' ? [] : [{ type: 'text', text: message.text }];
  if (message.role === 'user') return text.length > 0 ? text : [{ type: 'text', text: '(no text)' }];
  const calls = (message.toolCalls ?? []).map(({ id, name, arguments: json }) => ({
    type: 'tool_use',
    id,
    name,
    input: objectOf(json),
  }));
  return [...text, ...calls];
}

/** Returns the object; an empty one for JSON that is none: the API takes nothing else. */
function objectOf(json: string): unknown {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};
  } catch {
    return {};
  }
}

function toCompletion({ content, stop_reason: reason, usage }: Answer): TextCompletion {
  const blocks = content.filter((block) => block !== null);
  const toolCalls = blocks.flatMap((block) =>
    block.type === 'tool_use'
      ? [{ id: block.id, name: block.name, arguments: JSON.stringify(block.input ?? {}) }]
      : [],
  );
  const cached = usage?.cache_read_input_tokens ?? 0;
  return {
    text: blocks.flatMap((block) => (block.type === 'text' ? [block.text] : [])).join(''),
    toolCalls,
    usage: usage
      ? {
          inputTokens: usage.input_tokens + cached + (usage.cache_creation_input_tokens ?? 0),
          cachedInputTokens: cached,
          outputTokens: usage.output_tokens,
        }
      : null,
    finishReason: finishOf(reason, toolCalls.length > 0),
  };
}

function finishOf(reason: string | null | undefined, hasToolCalls: boolean): TextFinish {
  if (reason === 'max_tokens' || reason === 'model_context_window_exceeded') return 'length';
  if (reason === 'refusal') return 'filtered';
  return hasToolCalls ? 'tool-calls' : 'stop';
}
