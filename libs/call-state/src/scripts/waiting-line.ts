import { script } from './script.ts';

/*
 * Who waits for an agent, in the order they came. A place nobody asks about for ARGV[2] ms lapses; whoever comes back has
 * it again.
 *
 * KEYS[1] waiting:<agentId>   KEYS[2] waiting:<agentId>:seen   KEYS[3] carrier:<carrierCallId>
 * ARGV[1] carrierCallId       ARGV[2] ms
 */

const LAPSE = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
for _, gone in ipairs(redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', now - tonumber(ARGV[2]))) do
  redis.call('ZREM', KEYS[1], gone)
  redis.call('ZREM', KEYS[2], gone)
end
`;

/** Returns how many are before the call; for one that does not wait, how many wait. */
export const aheadInLine = script(
  2,
  `${LAPSE}
return redis.call('ZRANK', KEYS[1], ARGV[1]) or redis.call('ZCARD', KEYS[1])
`,
);

/*
 * The call waits, or goes on waiting.
 *
 * ARGV[3] the call, sealed; the first one stands   ARGV[4] seconds it is kept
 *
 * Returns {how many are before it, ms it has waited}
 */
export const waitInLine = script(
  3,
  `${LAPSE}
redis.call('HSETNX', KEYS[3], 'waits', ARGV[3])
redis.call('HSETNX', KEYS[3], 'waitsSince', now)
redis.call('EXPIRE', KEYS[3], ARGV[4])
local since = redis.call('HGET', KEYS[3], 'waitsSince')
redis.call('ZADD', KEYS[1], 'NX', since, ARGV[1])
redis.call('ZADD', KEYS[2], now, ARGV[1])
redis.call('PEXPIRE', KEYS[1], ARGV[2])
redis.call('PEXPIRE', KEYS[2], ARGV[2])
return {redis.call('ZRANK', KEYS[1], ARGV[1]), now - tonumber(since)}
`,
);
