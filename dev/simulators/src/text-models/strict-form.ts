import { asObject, Refused } from './text-simulator.ts';

/*
 * The part of JSON Schema that structured outputs take, as both providers' guides of that name list it: every
 * object closed; no bounds of numbers, texts and lists.
 */

const KEYWORDS = ['type', 'description', 'enum', 'format', 'anyOf', 'properties', 'required', 'items'];

/**
 * @param mustRequireAll whether every property must be required (OpenAI)
 * @throws Refused
 */
export function checkStrictForm(schema: unknown, field: string, mustRequireAll: boolean): void {
  const node = asObject(schema, field);
  const refuse = (message: string) => new Refused(400, 'invalid_schema', `${field}: ${message}`, field);
  const unknown = Object.keys(node).find((name) => ![...KEYWORDS, 'additionalProperties'].includes(name));
  if (unknown !== undefined) throw refuse(`'${unknown}' is not supported`);
  const inner = (value: unknown, at: string) => checkStrictForm(value, `${field}.${at}`, mustRequireAll);
  if (Array.isArray(node['anyOf'])) node['anyOf'].forEach((one) => inner(one, 'anyOf'));
  if (node['items'] !== undefined) inner(node['items'], 'items');
  if (node['type'] !== 'object') return;
  if (node['additionalProperties'] !== false) throw refuse('additionalProperties must be false');
  const properties = asObject(node['properties'] ?? {}, `${field}.properties`);
  const required = (node['required'] ?? []) as unknown[];
  const missing = Object.keys(properties).find((name) => !required.includes(name));
  if (mustRequireAll && missing !== undefined) throw refuse(`'required' must hold ${missing}`);
  for (const [name, value] of Object.entries(properties)) inner(value, name);
}

/** A choice of one tool names a tool of the request. @throws Refused */
export function checkChosenTool(name: unknown, offered: readonly unknown[]): void {
  if (!offered.includes(name))
    throw new Refused(400, 'invalid_value', 'tool_choice: there is no such tool', 'tool_choice');
}
