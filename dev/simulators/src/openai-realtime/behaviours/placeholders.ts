import { isObject } from '../wire/json.ts';

/**
 * Returns the text with every `{{path}}` replaced by the value at that path of a tool output (JSON); one that
 * is not there becomes empty.
 */
export function fillIn(text: string, output: string | null): string {
  if (!text.includes('{{')) return text;
  let value: unknown = null;
  try {
    value = JSON.parse(output ?? 'null');
  } catch {
    // Output that is not JSON has no paths: every placeholder becomes empty.
  }
  return text.replaceAll(/\{\{\s*([\w.]+)\s*\}\}/g, (_, path: string) =>
    shown(lookUp(value, path.split('.'))),
  );
}

function lookUp(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (current, key) =>
      isObject(current)
        ? current[key]
        : Array.isArray(current)
          ? (current as unknown[])[Number(key)]
          : undefined,
    value,
  );
}

function shown(value: unknown): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
