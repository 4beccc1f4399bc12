import {
  depthOf,
  jsonValueSchema,
  mcpResultNote,
  parseJson,
  type JsonValue,
  type McpTool,
  type ToolOutcome,
} from '@tandem/contracts';
import { DONE } from '../declared-tool.ts';
import { MAX_VALUE_BYTES, MAX_VALUE_DEPTH, pickFields } from '../http/response.ts';

/** The result of a tool call, as the server has sent it. */
export interface McpResult {
  readonly isError: boolean;
  readonly content: readonly unknown[];
  /** Undefined for none. */
  readonly structured: unknown;
}

const MAX_TEXT_LENGTH = 4_000;

/** Returns the outcome of a call that was answered. What it brings is marked as words of another system. */
export function outcomeOfResult(
  server: string,
  { response, isSafeToRepeat }: Pick<McpTool, 'response' | 'isSafeToRepeat'>,
  result: McpResult,
): ToolOutcome {
  if (result.isError) return { status: 'failed', code: 'mcp-tool-error', retryable: false };
  // What was done is done, whatever came back.
  const unusable = (code: string): ToolOutcome =>
    isSafeToRepeat ? { status: 'failed', code, retryable: false } : { status: 'ok', value: DONE };
  const hasFields = Object.keys(response.fields).length > 0;
  const data = dataOf(result, hasFields);
  if (data === undefined) return unusable('mcp-result-unreadable');
  if (hasFields && (typeof data !== 'object' || data === null)) return unusable('mcp-result-unreadable');
  const picked = hasFields ? pickFields(data, response.fields) : data;
  if (picked === '') return { status: 'ok', value: DONE };
  const value = { note: mcpResultNote(server), result: picked };
  return Buffer.byteLength(JSON.stringify(value)) > MAX_VALUE_BYTES
    ? unusable('mcp-result-too-large')
    : { status: 'ok', value };
}

/**
 * Returns the structured content, else the texts together; undefined for what is no JSON.
 * @param isParsed servers without structured content write their JSON as text
 */
function dataOf({ structured, content }: McpResult, isParsed: boolean): JsonValue | undefined {
  const found = structured ?? (isParsed ? parseJson(textOf(content)) : textOf(content));
  if (typeof found === 'string') return found;
  if (depthOf(found) > MAX_VALUE_DEPTH) return undefined;
  const read = jsonValueSchema.safeParse(found);
  return read.success ? read.data : undefined;
}

function textOf(content: readonly unknown[]): string {
  const text = content.flatMap(partOf).join('\n').replaceAll('\0', '').toWellFormed().trim();
  return text.length > MAX_TEXT_LENGTH ? `${text.slice(0, MAX_TEXT_LENGTH).toWellFormed()}…` : text;
}

/** Pictures, sounds and links are nothing for a telephone. */
function partOf(part: unknown): string[] {
  if (typeof part !== 'object' || part === null) return [];
  const { type, text, resource } = part as { type?: unknown; text?: unknown; resource?: { text?: unknown } };
  if (type === 'text' && typeof text === 'string') return [text];
  return type === 'resource' && typeof resource?.text === 'string' ? [resource.text] : [];
}
