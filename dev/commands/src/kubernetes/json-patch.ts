import { isDeepStrictEqual } from 'node:util';

/** One step of a JSON patch (RFC 6902). */
export interface PatchStep {
  readonly op: 'add' | 'remove' | 'replace';
  readonly path: string;
  readonly value?: unknown;
}

/** Returns the steps that make one value of another. Lists of different lengths are replaced as a whole. */
export function differenceOf(from: unknown, to: unknown, path = ''): PatchStep[] {
  if (isDeepStrictEqual(from, to)) return [];
  if (Array.isArray(from) && Array.isArray(to) && from.length === to.length)
    return from.flatMap((item, index) => differenceOf(item, to[index], `${path}/${index}`));
  if (!isRecord(from) || !isRecord(to)) return [{ op: 'replace', path, value: to }];
  const keys = [...new Set([...Object.keys(from), ...Object.keys(to)])];
  return keys.flatMap((key): PatchStep[] => {
    const at = `${path}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`;
    if (!(key in to)) return [{ op: 'remove', path: at }];
    return key in from ? differenceOf(from[key], to[key], at) : [{ op: 'add', path: at, value: to[key] }];
  });
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
