import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** Returns the blocks of a page that a reader runs as they are: those fenced as `sh`, in their order. */
export function shellBlocks(page: string): string[] {
  return [...page.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(([, block]) => block ?? '');
}

/**
 * Runs blocks in one shell, as a reader does who pastes one after the other, and stops where one fails.
 * @param variables set before the first block
 * @param wanted shell variables to return
 * @throws with what the failing block printed
 */
export async function runBlocks(
  blocks: readonly string[],
  variables: Readonly<Record<string, string>>,
  wanted: readonly string[],
): Promise<{ readonly outputs: string[]; readonly variables: Record<string, string> }> {
  const folder = mkdtempSync(join(tmpdir(), 'tandem-page-'));
  const read = (name: string) => readFileSync(join(folder, name), 'utf8');
  const script = [
    'set -euo pipefail',
    ...blocks.map((block, index) => `{\n${block}\n} > "$OUTPUTS/${index}"`),
    ...wanted.map((name) => `printf %s "\${${name}:-}" > "$OUTPUTS/${name}"`),
  ].join('\n');
  try {
    await promisify(execFile)('bash', ['-c', script], {
      env: { PATH: process.env.PATH, OUTPUTS: folder, ...variables },
    });
    return {
      outputs: blocks.map((_, index) => read(String(index))),
      variables: Object.fromEntries(wanted.map((name) => [name, read(name)])),
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
