import { setTimeout as sleep } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import { StackError } from '../checkout/stack-error.ts';

const PATIENCE_MS = 20_000;
const POLL_MS = 50;

/**
 * Makes a Redis the replica of another one on loopback, with the password of that one, and resolves once it
 * has all of its data.
 * @param replica a connection to the server that follows; it may have another password until then
 * @throws StackError when it does not follow
 */
export async function followRedis(
  replica: Pick<Redis, 'config' | 'replicaof' | 'info'>,
  primary: { readonly port: number; readonly password: string },
): Promise<void> {
  await replica.config('SET', 'requirepass', primary.password);
  await replica.config('SET', 'masterauth', primary.password);
  await replica.replicaof('127.0.0.1', primary.port);
  for (
    let waited = 0;
    !(await replica.info('replication')).includes('master_link_status:up');
    waited += POLL_MS
  ) {
    if (waited > PATIENCE_MS)
      throw new StackError(
        'The second Redis does not follow the first.',
        'It must be a real Redis: "npm start" shows which one is used.',
      );
    await sleep(POLL_MS);
  }
}
