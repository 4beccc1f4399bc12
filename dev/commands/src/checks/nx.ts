import { dirname, join } from 'node:path';
import { checkoutRoot } from '@tandem/stack';
import { node } from './tally.ts';

const PARALLEL = 2;

/**
 * Runs a target of every project, from the local cache where its inputs have not changed, and returns the
 * exit code. No daemon, no cloud, plain lines.
 */
export function nx(target: string): Promise<number> {
  return run(['run-many', '--target', target, `--parallel=${PARALLEL}`, '--output-style=static']);
}

/** Makes the graph of projects, without which ESLint's rule for borders does nothing. */
export async function makeProjectGraph(): Promise<void> {
  await run(['show', 'projects']);
}

function run(args: readonly string[]): Promise<number> {
  const program = join(checkoutRoot, 'node_modules/nx/dist/bin/nx.js');
  return node([program, ...args], {
    env: {
      NX_DAEMON: 'false',
      NX_NO_CLOUD: 'true',
      NX_TUI: 'false',
      // The targets name `node` and `tsc`, which are those of this checkout.
      PATH: [dirname(process.execPath), join(checkoutRoot, 'node_modules/.bin'), process.env.PATH].join(':'),
    },
  });
}
