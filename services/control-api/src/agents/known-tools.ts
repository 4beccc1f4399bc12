import { Problem } from '@tandem/platform';
import { TOOL_DECLARATIONS } from '@tandem/tools';

export const KNOWN_TOOLS: ReadonlySet<string> = new Set(TOOL_DECLARATIONS.map(({ name }) => name));

/** @param own names of the tools the agent declares @throws Problem 422 `unknown-tool` */
export function refuseUnknownTools(names: Iterable<string>, own: readonly string[]): void {
  const known = [...KNOWN_TOOLS, ...own];
  const unknown = [...new Set(names)].filter((name) => !known.includes(name));
  if (unknown.length === 0) return;
  throw new Problem(
    422,
    'unknown-tool',
    'No such tool',
    `There are no tools of these names: ${unknown.join(', ')}. There are: ${known.join(', ')}.`,
  );
}
