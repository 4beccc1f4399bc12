import { z } from 'zod';
import { postJson } from './post-json.ts';
import type {
  TextCompletion,
  TextFinish,
  TextMessage,
  TextModel,
  TextRequest,
  TextUsage,
} from './text-model.ts';

export interface ChatCompletionsOptions {
  /** `https://api.openai.com/v1`, an Azure resource (`…/openai/v1`), or a server of the same form. */
  readonly baseUrl: string;
  /** Absent for a server of your own that asks for none. */
  readonly apiKey?: string | undefined;
  /** The model; at Azure the deployment. */
  readonly model: string;
  readonly timeoutMs: number;
}

const count = z.number().int().min(0);
const answerSchema = z.object({
  choices: z
    .array(
      z.object({
        finish_reason: z.string().nullish(),
        message: z.object({
          content: z.string().nullish(),
          refusal: z.string().nullish(),
          tool_calls: z
            .array(
              z.object({
                id: z.string().min(1).max(256),
                function: z.object({ name: z.string().max(128), arguments: z.string().nullish() }),
              }),
            )
            .nullish(),
        }),
      }),
    )
    .min(1),
  usage: z
    .object({
      prompt_tokens: count,
      completion_tokens: count,
      prompt_tokens_details: z.object({ cached_tokens: count.nullish() }).nullish(),
    })
    .nullish(),
});
type Answer = z.infer<typeof answerSchema>;

/** OpenAI's own servers: the only ones that know `max_completion_tokens` and `store` for certain. */
const OPENAI_HOST = /(?:^|\.)openai\.(?:com|azure\.com)$/;

/** Returns a model behind OpenAI's chat completions: OpenAI, Azure, vLLM, Ollama and others of that form. */
export function chatCompletionsModel(options: ChatCompletionsOptions): TextModel {
  const { baseUrl, apiKey, model, timeoutMs } = options;
  const url = new URL(`${baseUrl.replace(/\/+$/, '')}/chat/completions`);
  const isOpenAi = OPENAI_HOST.test(url.hostname);
  const endpoint = {
    provider: 'openai-chat',
    url: url.href,
    headers: keyHeader(url, apiKey),
    timeoutMs,
  };
  return {
    name: model,
    isDemo: false,
    complete: async (request) =>
      toCompletion(await postJson(endpoint, bodyOf(model, request, isOpenAi), answerSchema, request.signal)),
  };
}

/**
 * Azure's paths begin with /openai/, as those of voice models do; it wants the key under another name. So do
 * Bedrock's paths (`bedrock-mantle.<region>.api.aws/openai/v1`), which wants a bearer.
 */
function keyHeader({ hostname, pathname }: URL, apiKey: string | undefined): Record<string, string> {
  if (apiKey === undefined) return {};
  const isAzure = pathname.startsWith('/openai/') && !hostname.endsWith('.aws');
  return isAzure ? { 'api-key': apiKey } : { authorization: `Bearer ${apiKey}` };
}

function bodyOf(model: string, request: TextRequest, isOpenAi: boolean): Record<string, unknown> {
  const { system, messages, tools = [], maxTokens, temperature, responseSchema } = request;
  return {
    model,
    messages: [{ role: 'system', content: system }, ...messages.map(toWire)],
    ...(isOpenAi ? { max_completion_tokens: maxTokens, store: false } : { max_tokens: maxTokens }),
    ...(temperature === undefined ? {} : { temperature }),
    ...(tools.length === 0
      ? {}
      : {
          tools: tools.map((tool) => ({ type: 'function', function: { ...tool } })),
          ...toolChoice(request),
        }),
    ...(responseSchema === undefined
      ? {}
      : { response_format: { type: 'json_schema', json_schema: { ...responseSchema, strict: true } } }),
  };
}

function toolChoice({ mustAnswer, mustCall }: TextRequest): Record<string, unknown> {
  if (mustCall !== undefined) return { tool_choice: { type: 'function', function: { name: mustCall } } };
  return mustAnswer ? { tool_choice: 'none' } : {};
}

function toWire(message: TextMessage): Record<string, unknown> {
  switch (message.role) {
    case 'user':
      return { role: 'user', content: message.text };
    case 'tool':
      return { role: 'tool', tool_call_id: message.toolCallId, content: message.text };
    case 'assistant': {
      const { text, toolCalls = [] } = message;
      if (toolCalls.length === 0) return { role: 'assistant', content: text };
      return {
        role: 'assistant',
        content: text === '' ? null : text,
        tool_calls: toolCalls.map(({ id, name, arguments: json }) => ({
          id,
          type: 'function',
          function: { name, arguments: json },
        })),
      };
    }
  }
}

function toCompletion({ choices, usage }: Answer): TextCompletion {
  const [choice] = choices;
  const message = choice?.message;
  const toolCalls = (message?.tool_calls ?? []).map(({ id, function: { name, arguments: json } }) => ({
    id,
    name,
    arguments: json ?? '{}',
  }));
  return {
    text: message?.content ?? '',
    toolCalls,
    usage: usage ? toUsage(usage) : null,
    finishReason: message?.refusal ? 'filtered' : finishOf(choice?.finish_reason, toolCalls.length > 0),
  };
}

function toUsage(usage: NonNullable<Answer['usage']>): TextUsage {
  return {
    inputTokens: usage.prompt_tokens,
    cachedInputTokens: usage.prompt_tokens_details?.cached_tokens ?? 0,
    outputTokens: usage.completion_tokens,
  };
}

/** Several servers say `stop` after a tool call. */
function finishOf(reason: string | null | undefined, hasToolCalls: boolean): TextFinish {
  if (reason === 'length') return 'length';
  if (reason === 'content_filter') return 'filtered';
  return hasToolCalls ? 'tool-calls' : 'stop';
}
