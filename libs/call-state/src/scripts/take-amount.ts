import { script } from './script.ts';

/*
 * Adds the value of one use of a tool, unless the sum would be more than allowed. The same use again counts
 * once.
 *
 * KEYS  tool-amounts:{<who>}:<tool>:<period>
 * ARGV  use     id of the tool call
 *       amount  the value of this use
 *       most    the sum allowed
 *       ttlS    seconds the sum lives
 */
export const takeAmount = script(
  1,
  `
local amountsKey = KEYS[1]
local use, amount, most, ttlS = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]), ARGV[4]
if redis.call('HEXISTS', amountsKey, use) == 1 then return 1 end
local sum = amount
for _, earlier in ipairs(redis.call('HVALS', amountsKey)) do sum = sum + tonumber(earlier) end
if sum > most + 0.000001 then return 0 end
redis.call('HSET', amountsKey, use, ARGV[2])
redis.call('EXPIRE', amountsKey, ttlS)
return 1
`,
);
