import { connectRedis, RelayRegistry } from '@tandem/call-state';
import type { Stack } from './stack.ts';

/** "1 call is running, and has up to 3 s to end"; null when none is. */
export async function runningCalls({
  redis,
  drainGraceMs,
}: Pick<Stack, 'redis' | 'drainGraceMs'>): Promise<string | null> {
  const connection = connectRedis(redis.url, 'command');
  try {
    const relays = await new RelayRegistry(connection).listRelays();
    const calls = relays.reduce((sum, { active }) => sum + active, 0);
    if (calls === 0) return null;
    return (
      `${calls === 1 ? '1 call is running, and has' : `${calls} calls are running, and have`} up to ` +
      `${Math.round(drainGraceMs / 1000)} s to end`
    );
  } finally {
    connection.disconnect();
  }
}
