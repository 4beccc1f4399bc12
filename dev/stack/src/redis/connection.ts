import { Redis } from 'ioredis';

const CONNECT_LIMIT_MS = 1_500;

/** Opens one connection for one piece of work; does not retry. */
export async function withRedis<Result>(
  target: string | { port: number; password: string },
  work: (client: Redis) => Promise<Result>,
): Promise<Result> {
  const options = {
    lazyConnect: true,
    connectTimeout: CONNECT_LIMIT_MS,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
    enableReadyCheck: false,
  };
  const client =
    typeof target === 'string'
      ? new Redis(target, options)
      : new Redis({ ...options, host: '127.0.0.1', ...target });
  let lost: Error | null = null;
  client.on('error', (error: Error) => (lost = error));
  try {
    await client.connect();
    return await work(client);
  } catch (error) {
    throw lost ?? error;
  } finally {
    client.disconnect();
  }
}
