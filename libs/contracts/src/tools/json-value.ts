import { z } from 'zod';

export type JsonValue = string | number | boolean | null | JsonValue[] | { [key: string]: JsonValue };
export const jsonValueSchema: z.ZodType<JsonValue> = z.json();

/** Returns what stands at a path of names and positions joined by dots; undefined when nothing does. */
export function lookUp(body: JsonValue, path: string): JsonValue | undefined {
  let value: JsonValue | undefined = body;
  for (const step of path.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined;
    value = (value as Record<string, JsonValue>)[step];
  }
  return value;
}

/** Returns what stands at a path; null when nothing does. */
export const valueAt = (body: JsonValue, path: string): JsonValue => lookUp(body, path) ?? null;
