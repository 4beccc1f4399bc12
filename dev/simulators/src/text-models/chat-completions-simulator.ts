import type { IncomingMessage } from 'node:http';
import { checkChosenTool, checkStrictForm } from './strict-form.ts';
import {
  asList,
  asObject,
  asText,
  checkFields,
  checkNumber,
  Refused,
  TextSimulator,
  type TextTurn,
} from './text-simulator.ts';

const OPTIONAL = [
  'max_tokens',
  'max_completion_tokens',
  'temperature',
  'tools',
  'tool_choice',
  'response_format',
  'store',
  'reasoning_effort',
];

/** OpenAI's chat completions, without streams. */
export class ChatCompletionsSimulator extends TextSimulator {
  protected readonly path = '/chat/completions';

  protected check(headers: IncomingMessage['headers'], body: Record<string, unknown>): void {
    const { apiKey, models } = this.options;
    const given = headers['api-key'] ?? headers.authorization?.replace(/^Bearer /, '');
    if (given !== apiKey) throw new Refused(401, 'invalid_api_key', 'Incorrect API key provided.');
    checkFields(body, ['model', 'messages'], OPTIONAL, '');
    if (models && !models.includes(asText(body['model'], 'model')))
      throw new Refused(404, 'model_not_found', 'The model does not exist.', 'model');
    if (body['max_tokens'] !== undefined && body['max_completion_tokens'] !== undefined)
      throw new Refused(400, 'invalid_parameter', 'max_tokens and max_completion_tokens exclude each other.');
    for (const field of ['max_tokens', 'max_completion_tokens']) checkNumber(body[field], field, 1, 1e6);
    checkNumber(body['temperature'], 'temperature', 0, 2, false);
    checkMessages(asList(body['messages'], 'messages'));
    for (const tool of asList(body['tools'] ?? [], 'tools')) checkTool(asObject(tool, 'tools'));
    checkToolChoice(body);
    if (body['response_format'] !== undefined)
      checkFormat(asObject(body['response_format'], 'response_format'));
  }

  protected toAnswer(
    turn: Extract<TextTurn, { text: string } | { calls: readonly unknown[] }>,
    body: Record<string, unknown>,
  ): unknown {
    const isText = 'text' in turn;
    const finish = { stop: 'stop', length: 'length', filtered: 'content_filter' } as const;
    return {
      id: 'chatcmpl-simulated',
      object: 'chat.completion',
      created: 1_790_000_000,
      model: body['model'],
      choices: [
        {
          index: 0,
          message: {
            role: 'assistant',
            content: isText ? turn.text : null,
            refusal: null,
            ...(isText
              ? {}
              : {
                  tool_calls: turn.calls.map(({ name, input }, index) => ({
                    id: `call_${index + 1}`,
                    type: 'function',
                    function: { name, arguments: JSON.stringify(input) },
                  })),
                }),
          },
          logprobs: null,
          finish_reason: isText ? finish[turn.finish ?? 'stop'] : 'tool_calls',
        },
      ],
      usage: {
        prompt_tokens: 40,
        completion_tokens: 10,
        total_tokens: 50,
        prompt_tokens_details: { cached_tokens: 8 },
      },
    };
  }

  protected toError({ code, message, field }: Refused): unknown {
    return {
      error: {
        message,
        type: 'invalid_request_error',
        param: field,
        code,
      },
    };
  }
}

/** Tool messages answer exactly the calls of the assistant's message before them. */
function checkMessages(messages: readonly unknown[]): void {
  if (messages.length === 0) throw new Refused(400, 'invalid_value', 'messages: too short', 'messages');
  let open = new Set<string>();
  messages.forEach((entry, index) => {
    const field = `messages[${index}]`;
    const message = asObject(entry, field);
    const role = asText(message['role'], `${field}.role`);
    if (role === 'tool') {
      checkFields(message, ['role', 'tool_call_id', 'content'], [], `${field}.`);
      if (!open.delete(asText(message['tool_call_id'], field)))
        throw new Refused(400, 'invalid_value', `${field}: no tool call before it has this id`, field);
      return;
    }
    if (open.size > 0)
      throw new Refused(400, 'invalid_value', `${field}: tool calls before it are not answered`, field);
    open = checkSpoken(message, role, field);
  });
  if (open.size > 0)
    throw new Refused(400, 'invalid_value', 'messages: tool calls are not answered', 'messages');
}

/** Returns the ids of tool calls that await an answer. */
function checkSpoken(message: Record<string, unknown>, role: string, field: string): Set<string> {
  if (!['system', 'developer', 'user', 'assistant'].includes(role))
    throw new Refused(400, 'invalid_value', `${field}.role: unknown`, `${field}.role`);
  checkFields(message, ['role'], ['content', ...(role === 'assistant' ? ['tool_calls'] : [])], `${field}.`);
  const calls = asList(message['tool_calls'] ?? [], `${field}.tool_calls`);
  if (calls.length === 0) asText(message['content'], `${field}.content`);
  if (message['tool_calls'] !== undefined && calls.length === 0)
    throw new Refused(400, 'empty_array', `${field}.tool_calls: too short`, `${field}.tool_calls`);
  return new Set(
    calls.map((entry) => {
      const call = asObject(entry, `${field}.tool_calls`);
      checkFields(call, ['id', 'type', 'function'], [], `${field}.tool_calls.`);
      checkFields(asObject(call['function'], field), ['name', 'arguments'], [], `${field}.function.`);
      return asText(call['id'], `${field}.tool_calls.id`);
    }),
  );
}

function checkTool(tool: Record<string, unknown>): void {
  checkFields(tool, ['type', 'function'], [], 'tools.');
  const definition = asObject(tool['function'], 'tools.function');
  checkFields(definition, ['name'], ['description', 'parameters', 'strict'], 'tools.function.');
  if (!/^[A-Za-z0-9_-]{1,64}$/.test(asText(definition['name'], 'tools.function.name')))
    throw new Refused(400, 'invalid_value', 'tools.function.name: invalid', 'tools.function.name');
}

function checkToolChoice({ tool_choice: choice, tools }: Record<string, unknown>): void {
  if (choice === undefined || typeof choice === 'string') return;
  const { type, function: chosen } = asObject(choice, 'tool_choice');
  if (type !== 'function')
    throw new Refused(400, 'invalid_value', 'tool_choice.type: unknown', 'tool_choice');
  const offered = asList(tools ?? [], 'tools') as { function?: { name?: unknown } }[];
  checkChosenTool(
    asObject(chosen, 'tool_choice.function')['name'],
    offered.map((tool) => tool.function?.name),
  );
}

function checkFormat(format: Record<string, unknown>): void {
  if (format['type'] !== 'json_schema') return;
  checkFields(format, ['type', 'json_schema'], [], 'response_format.');
  const named = asObject(format['json_schema'], 'response_format.json_schema');
  checkFields(named, ['name'], ['schema', 'strict', 'description'], 'response_format.json_schema.');
  const schema = asObject(named['schema'], 'response_format.json_schema.schema');
  if (named['strict'] === true) checkStrictForm(schema, 'response_format.json_schema.schema', true);
}
