type Path = readonly (string | number)[];

/** Where something was given that reading has dropped, because nothing has that name. */
export function unknownFields(given: unknown, read: unknown, path: Path = []): Path[] {
  if (Array.isArray(given)) return Array.isArray(read) ? given.flatMap((entry, index) => unknownFields(entry, read[index], [...path, index])) : [];
  if (!isRecord(given) || !isRecord(read) || isPreset(given)) return [];
  return Object.keys(given).flatMap((name) => (Object.hasOwn(read, name) ? unknownFields(given[name], read[name], [...path, name]) : isOtherSpelling(name, read, path) ? [] : [[...path, name]]));
}

/** Read as what it stands for. */
function isPreset(given: Record<string, unknown>): boolean {
  return given['kind'] === 'preset';
}

/** Texts are found under the usual spelling of their language, however it was given. */
function isOtherSpelling(name: string, read: Record<string, unknown>, path: Path): boolean {
  return path.at(-1) === 'texts' && Object.keys(read).some((known) => known.toLowerCase() === name.trim().toLowerCase());
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
