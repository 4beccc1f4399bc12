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

const OPTIONAL = ['system', 'temperature', 'tools', 'tool_choice', 'output_config', 'metadata', 'thinking'];

/** Anthropic's Messages API, without streams. */
export class AnthropicSimulator extends TextSimulator {
  protected readonly path = '/messages';

  protected check(headers: IncomingMessage['headers'], body: Record<string, unknown>): void {
    const { apiKey, models } = this.options;
    if (headers['x-api-key'] !== apiKey) throw new Refused(401, 'authentication_error', 'invalid x-api-key');
    if (headers['anthropic-version'] !== '2023-06-01')
      throw new Refused(400, 'invalid_request_error', 'anthropic-version: header is required');
    checkFields(body, ['model', 'messages', 'max_tokens'], OPTIONAL, '');
    if (models && !models.includes(asText(body['model'], 'model')))
      throw new Refused(404, 'not_found_error', 'model: not found', 'model');
    checkNumber(body['max_tokens'], 'max_tokens', 1, 1e6);
    checkNumber(body['temperature'], 'temperature', 0, 1, false);
    if (typeof body['system'] === 'string' && body['system'].trim() === '')
      throw new Refused(400, 'invalid_request_error', 'system: must not be blank', 'system');
    checkTurns(asList(body['messages'], 'messages'));
    for (const tool of asList(body['tools'] ?? [], 'tools'))
      checkFields(asObject(tool, 'tools'), ['name', 'input_schema'], ['description', 'strict'], 'tools.');
    checkToolChoice(body);
    if (body['output_config'] !== undefined) checkOutput(asObject(body['output_config'], 'output_config'));
  }

  protected toAnswer(
    turn: Extract<TextTurn, { text: string } | { calls: readonly unknown[] }>,
    body: Record<string, unknown>,
  ): unknown {
    const reasons = { stop: 'end_turn', length: 'max_tokens', filtered: 'refusal' } as const;
    const content =
      'text' in turn
        ? [{ type: 'text', text: turn.text, citations: null }]
        : turn.calls.map(({ name, input }, index) => ({
            type: 'tool_use',
            id: `toolu_${index + 1}`,
            name,
            input,
          }));
    return {
      id: 'msg_simulated',
      type: 'message',
      role: 'assistant',
      model: body['model'],
      content,
      stop_reason: 'text' in turn ? reasons[turn.finish ?? 'stop'] : 'tool_use',
      stop_sequence: null,
      usage: {
        input_tokens: 32,
        cache_read_input_tokens: 8,
        cache_creation_input_tokens: 0,
        output_tokens: 10,
      },
    };
  }

  protected toError({ status, code, message }: Refused): unknown {
    const type = status === 400 ? 'invalid_request_error' : code;
    return { type: 'error', error: { type, message }, request_id: 'req_simulated' };
  }
}

function checkToolChoice({ tool_choice: choice, tools }: Record<string, unknown>): void {
  if (choice === undefined) return;
  const { type, name } = asObject(choice, 'tool_choice');
  if (!['auto', 'any', 'tool', 'none'].includes(String(type))) throw bad('tool_choice.type: unknown');
  const offered = asList(tools ?? [], 'tools') as { name?: unknown }[];
  if (type === 'tool')
    checkChosenTool(
      name,
      offered.map((tool) => tool.name),
    );
}

function checkOutput(output: Record<string, unknown>): void {
  checkFields(output, [], ['format', 'effort'], 'output_config.');
  if (output['format'] === undefined) return;
  const format = asObject(output['format'], 'output_config.format');
  checkFields(format, ['type', 'schema'], [], 'output_config.format.');
  if (format['type'] !== 'json_schema') throw bad('output_config.format.type: unknown');
  checkStrictForm(format['schema'], 'output_config.format.schema', false);
}

interface Turn {
  readonly role: string;
  readonly blocks: readonly Record<string, unknown>[];
}

/** The user begins; neighbours of one role count as one, and tool uses are answered first in the next one. */
function checkTurns(messages: readonly unknown[]): void {
  const turns = joined(messages.map((entry, index) => readTurn(asObject(entry, `messages.${index}`), index)));
  if (turns.length === 0) throw bad('messages: at least one message is required');
  if (turns[0]?.role !== 'user') throw bad('messages: the first message must use the "user" role');
  turns.forEach(({ blocks }, index) => {
    const asked = index === 0 ? [] : idsOf(turns[index - 1]?.blocks ?? [], 'tool_use', 'id');
    const answered = idsOf(blocks, 'tool_result', 'tool_use_id');
    const isComplete = asked.length === answered.length && asked.every((id) => answered.includes(id));
    const isFirst = blocks.slice(0, answered.length).every(({ type }) => type === 'tool_result');
    if (!isComplete) throw bad(`messages.${index}: tool_use and tool_result do not match`);
    if (!isFirst) throw bad(`messages.${index}: tool_result blocks come first`);
  });
  const last = turns.at(-1);
  if (last?.role === 'assistant') throw bad('messages: the last one must not be the assistant’s');
}

function joined(turns: readonly Turn[]): Turn[] {
  return turns.reduce<Turn[]>((done, turn) => {
    const last = done.at(-1);
    if (last?.role !== turn.role) return [...done, turn];
    return [...done.slice(0, -1), { role: last.role, blocks: [...last.blocks, ...turn.blocks] }];
  }, []);
}

function readTurn(message: Record<string, unknown>, index: number): Turn {
  checkFields(message, ['role', 'content'], [], `messages.${index}.`);
  const { role, content } = message;
  if (role !== 'user' && role !== 'assistant') throw bad(`messages.${index}.role: unknown`);
  const blocks =
    typeof content === 'string'
      ? [{ type: 'text', text: content }]
      : asList(content, `messages.${index}.content`).map((block) => asObject(block, 'content'));
  if (blocks.length === 0) throw bad(`messages.${index}.content: must not be empty`);
  for (const block of blocks) checkBlock(block, role, index);
  return { role, blocks };
}

function checkBlock(block: Record<string, unknown>, role: string, index: number): void {
  const field = `messages.${index}.content.`;
  switch (block['type']) {
    case 'text':
      checkFields(block, ['type', 'text'], ['cache_control'], field);
      if (asText(block['text'], `${field}text`).trim() === '') throw bad(`${field}text: must not be blank`);
      return;
    case 'tool_use':
      checkFields(block, ['type', 'id', 'name', 'input'], [], field);
      asObject(block['input'], `${field}input`);
      if (role !== 'assistant') throw bad(`${field}type: tool_use is the assistant’s`);
      return;
    case 'tool_result':
      checkFields(block, ['type', 'tool_use_id'], ['content', 'is_error'], field);
      if (role !== 'user') throw bad(`${field}type: tool_result is the user’s`);
      return;
    default:
      throw bad(`${field}type: unknown`);
  }
}

const idsOf = (blocks: readonly Record<string, unknown>[], type: string, field: string): string[] =>
  blocks.filter((block) => block['type'] === type).map((block) => String(block[field]));

const bad = (message: string): Refused => new Refused(400, 'invalid_request_error', message);
