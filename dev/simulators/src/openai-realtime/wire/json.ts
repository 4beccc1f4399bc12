export type JsonObject = Record<string, unknown>;

/** A client or server event, or an item: an object with a `type`. */
export type Typed = JsonObject & { type: string };

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function asObject(value: unknown): JsonObject {
  return isObject(value) ? value : {};
}

export function asString(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

export function asNumber(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined;
}

export function asArray(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

/** The value at a dotted path such as `audio.input.format`. */
export function at(value: unknown, path: string): unknown {
  let current: unknown = value;
  for (const key of path.split('.')) {
    if (!isObject(current)) return undefined;
    current = current[key];
  }
  return current;
}

export function has(value: unknown, path: string): boolean {
  const cut = path.lastIndexOf('.');
  const owner = cut < 0 ? value : at(value, path.slice(0, cut));
  return isObject(owner) && Object.hasOwn(owner, path.slice(cut + 1));
}
