import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { checkoutRoot, type Log, type Supervisor } from '@tandem/stack';

/**
 * Compiles on every change (tsc in watch mode) and restarts all services after each compilation without
 * errors.
 */
export function reloadOnChange(supervisor: Supervisor, log: Log): void {
  const compiler = spawn(
    process.execPath,
    [join(checkoutRoot, 'node_modules/typescript/bin/tsc'), '-b', '--watch', '--preserveWatchOutput'],
    { cwd: checkoutRoot, stdio: ['ignore', 'pipe', 'inherit'] },
  );
  let isFirst = true;
  let restarting = Promise.resolve();
  compiler.stdout.on('data', (chunk: Buffer) => {
    for (const line of chunk.toString().split('\n')) {
      if (/error TS\d+/.test(line)) log(line);
      if (!line.includes('Found 0 errors')) continue;
      if (isFirst) isFirst = false;
      else restarting = restarting.then(() => restartAll(supervisor, log));
    }
  });
  process.on('exit', () => compiler.kill());
}

async function restartAll(supervisor: Supervisor, log: Log): Promise<void> {
  log('reloading');
  for (const instance of supervisor.instances)
    await supervisor.restart(instance).catch((error: unknown) => log(`${instance}: ${String(error)}`));
  log('ready');
}
