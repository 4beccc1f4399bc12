import { createHash } from 'node:crypto';
import type { Redis } from 'ioredis';

/** A Lua script that runs as one step in Redis: by hash, and by text the first time a server sees it. */
export interface Script {
  readonly lua: string;
  readonly sha: string;
  /** Null for any number. */
  readonly keyCount: number | null;
}

/** Lua that sets `now` to Redis' own time in ms. */
export const SET_NOW = `local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)`;

export function script(keyCount: number | null, lua: string): Script {
  return { lua, sha: createHash('sha1').update(lua).digest('hex'), keyCount };
}

export async function run(
  redis: Redis,
  { lua, sha, keyCount }: Script,
  keys: readonly string[],
  args: readonly (string | number)[],
): Promise<unknown> {
  if (keyCount !== null && keys.length !== keyCount)
    throw new TypeError(`The script takes ${keyCount} keys, not ${keys.length}.`);
  try {
    return await redis.evalsha(sha, keys.length, ...keys, ...args);
  } catch (error) {
    if (!(error instanceof Error) || !error.message.startsWith('NOSCRIPT')) throw error;
    return redis.eval(lua, keys.length, ...keys, ...args);
  }
}

/** Returns the time of Redis in ms. */
export async function redisNow(redis: Redis): Promise<number> {
  const [seconds, micros] = await redis.time();
  return Number(seconds) * 1000 + Math.floor(Number(micros) / 1000);
}
