import { Problem } from '@tandem/platform';
import { TOOL_DECLARATIONS } from '@tandem/tools';

export const KNOWN_TOOLS: ReadonlySet<string> = new Set(TOOL_DECLARATIONS.map(({ name }) => name));

/** @throws Problem 422 `unknown-tool` */
export function refuseUnknownTools(names: Iterable<string>): void {
  const unknown = [...new Set(names)].filter((name) => !KNOWN_TOOLS.has(name));
  if (unknown.length === 0) return;
  throw new Problem(
    422,
    'unknown-tool',
    'No such tool',
    `There are no tools of these names: ${unknown.join(', ')}. There are: ${[...KNOWN_TOOLS].join(', ')}.`,
  );
}
