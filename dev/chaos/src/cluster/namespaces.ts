import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { findProgram, StackError } from '@tandem/stack';

/**
 * Runs this program again, with `--inside <folder>`, in a network, mount and process namespace of its own.
 * When its first process ends, everything else in it ends too, and its mounts and addresses are gone.
 * @returns its exit code
 */
export async function enterNamespaces(args: readonly string[], folder: string): Promise<number> {
  const unshare = findProgram('unshare');
  if (!unshare) throw new StackError('There is no unshare.', 'apt-get install util-linux');
  const child = spawn(
    unshare,
    [
      ...['--net', '--mount', '--pid', '--fork', '--mount-proc', '--kill-child'],
      ...[process.execPath, '--enable-source-maps', ...args, '--inside', folder],
    ],
    {
      stdio: ['ignore', 'inherit', 'inherit'],
      // The API's certificate is signed by an authority of its own.
      env: { ...process.env, NODE_EXTRA_CA_CERTS: join(folder, 'node/authority.pem') },
    },
  );
  const end = (): void => void child.kill('SIGTERM');
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, end);
  const [code] = (await once(child, 'close')) as [number | null];
  return code ?? 1;
}
