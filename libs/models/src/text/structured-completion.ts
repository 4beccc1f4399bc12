import { ProviderError } from '@tandem/contracts';
import { toStrictSchema, withoutAbsent } from './strict-schema.ts';
import type { TextCompletion, TextMessage, TextModel, TextUsage } from './text-model.ts';

export interface StructuredRequest<Value> {
  readonly system: string;
  readonly messages: readonly TextMessage[];
  readonly maxTokens: number;
  /** Name of the answer: letters, digits and underscores. */
  readonly name: string;
  /** JSON Schema of an object, in the subset that agents may use. */
  readonly schema: Readonly<Record<string, unknown>>;
  /** Returns the value, or its fault in words the model can follow. */
  readonly check: (value: unknown) => { readonly value: Value } | { readonly fault: string };
  readonly signal?: AbortSignal | undefined;
}

/** `refused`: the model or its provider will not answer. `malformed`: not even after being told the fault. */
export type StructuredAnswer<Value> = { readonly usage: TextUsage | null } & (
  | { readonly kind: 'answered'; readonly value: Value }
  | { readonly kind: 'refused' }
  | { readonly kind: 'malformed'; readonly fault: string }
);

/** The way the answer is bound to its schema. */
type Form = 'schema' | 'tool';

interface Reply {
  readonly form: Form;
  readonly completion: TextCompletion;
}

/** Longest part of a faulty answer that the model is shown again. */
const MAX_SHOWN = 4_000;
const MAX_FAULT = 500;

/**
 * Asks for an answer of a schema and checks it. Providers that do not take the schema are asked to call one
 * tool with it. A faulty answer is sent back once with its fault.
 * @throws ProviderError; the signal's reason when it is aborted
 */
export async function completeStructured<Value>(
  model: TextModel,
  request: StructuredRequest<Value>,
): Promise<StructuredAnswer<Value>> {
  const first = await ask(model, request, request.messages);
  const read = readAnswer(first, request);
  if (!('fault' in read)) return { ...read, usage: first.completion.usage };
  const second = await ask(model, request, [...request.messages, ...repair(first, read.fault)], first.form);
  const usage = sumOf(first.completion.usage, second.completion.usage);
  const repaired = readAnswer(second, request);
  return 'fault' in repaired ? { kind: 'malformed', fault: repaired.fault, usage } : { ...repaired, usage };
}

/** @param form the one that was taken before; absent to find it out */
async function ask<Value>(
  model: TextModel,
  request: StructuredRequest<Value>,
  messages: readonly TextMessage[],
  form?: Form,
): Promise<Reply> {
  const { system, maxTokens, name, signal } = request;
  const schema = toStrictSchema(request.schema);
  const asked = { system, messages, maxTokens, signal };
  if (form !== 'tool')
    try {
      const completion = await model.complete({ ...asked, responseSchema: { name, schema } });
      return { form: 'schema', completion };
    } catch (error) {
      if (form === 'schema' || !isAboutRequest(error)) throw error;
    }
  const tool = { name, description: 'Takes the answer.', parameters: schema };
  return { form: 'tool', completion: await model.complete({ ...asked, tools: [tool], mustCall: name }) };
}

/** Returns whether the provider does not take the request, which may be the schema’s fault. */
function isAboutRequest(error: unknown): boolean {
  return error instanceof ProviderError && ['http-400', 'http-404', 'http-422'].includes(error.code);
}

function readAnswer<Value>(
  reply: Reply,
  { schema, check }: StructuredRequest<Value>,
): { readonly kind: 'answered'; readonly value: Value } | { readonly kind: 'refused' } | { fault: string } {
  if (reply.completion.finishReason === 'filtered') return { kind: 'refused' };
  if (reply.completion.finishReason === 'length')
    return { fault: 'The answer was cut off because it was too long. Write less.' };
  let parsed: unknown;
  try {
    parsed = JSON.parse(jsonOf(reply));
  } catch {
    return { fault: 'The answer is not JSON.' };
  }
  const checked = check(withoutAbsent(schema, parsed));
  return 'fault' in checked
    ? { fault: checked.fault.slice(0, MAX_FAULT) }
    : { kind: 'answered', value: checked.value };
}

function jsonOf({ form, completion }: Reply): string {
  return form === 'tool' ? (completion.toolCalls[0]?.arguments ?? '') : completion.text;
}

function repair(reply: Reply, fault: string): TextMessage[] {
  const given = jsonOf(reply).slice(0, MAX_SHOWN);
  return [
    { role: 'assistant', text: given.trim() === '' ? '(no answer)' : given },
    { role: 'user', text: `Your answer was not accepted. ${fault} Give the whole answer again.` },
  ];
}

function sumOf(first: TextUsage | null, second: TextUsage | null): TextUsage | null {
  if (!first || !second) return first ?? second;
  return {
    inputTokens: first.inputTokens + second.inputTokens,
    cachedInputTokens: first.cachedInputTokens + second.cachedInputTokens,
    outputTokens: first.outputTokens + second.outputTokens,
  };
}
