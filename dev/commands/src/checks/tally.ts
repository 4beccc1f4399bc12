import { spawn } from 'node:child_process';
import { checkoutRoot } from '@tandem/stack';

/** The result of one check. */
export interface Tally {
  readonly passed: number;
  readonly failed: number;
}

/** Runs a program on this Node and returns its exit code. */
export function node(
  args: readonly string[],
  options: { env?: Record<string, string>; isQuiet?: boolean } = {},
): Promise<number> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, args, {
      cwd: checkoutRoot,
      stdio: options.isQuiet ? 'ignore' : 'inherit',
      env: { ...process.env, ...options.env },
    });
    child.on('error', () => resolve(127));
    child.on('exit', (code) => resolve(code ?? 1));
  });
}
