import { script } from './script.ts';

/*
 * A call waits, or goes on waiting where it is. Whoever came back has the place they had.
 *
 * KEYS[1] waiting:<agentId>   KEYS[2] waiting   KEYS[3] carrier:<carrierCallId>
 * ARGV[1] carrierCallId       ARGV[2] <agentId>/<carrierCallId>   ARGV[3] the call, sealed; the first one stands
 * ARGV[4] calls that may wait   ARGV[5] seconds it is kept
 *
 * Returns {how many are before it, ms it has waited}
 *         {-1, 0} as many wait as may | {-2, 0} its caller has gone | {-3, 0} it has been answered otherwise meanwhile
 */
export const waitInLine = script(
  3,
  `
local kept = redis.call('HMGET', KEYS[3], 'waits', 'waitsSince', 'gone', 'answer')
if kept[4] then return {-3, 0} end
if kept[1] and kept[3] then return {-2, 0} end
if not kept[1] and redis.call('ZCARD', KEYS[1]) >= tonumber(ARGV[4]) then return {-1, 0} end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local since = tonumber(kept[2] or now)
if not kept[1] then redis.call('HSET', KEYS[3], 'waits', ARGV[3], 'waitsSince', since) end
redis.call('EXPIRE', KEYS[3], ARGV[5])
redis.call('ZADD', KEYS[1], 'NX', since, ARGV[1])
redis.call('EXPIRE', KEYS[1], ARGV[5])
redis.call('ZADD', KEYS[2], now, ARGV[2])
return {redis.call('ZRANK', KEYS[1], ARGV[1]), now - since}
`,
);
