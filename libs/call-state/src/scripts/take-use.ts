import { script } from './script.ts';

/*
 * Counts one use of a tool, unless that would be more than allowed. The same use again counts once.
 *
 * KEYS  tool-uses:{<who>}:<tool>:<period>
 * ARGV  use   id of the tool call
 *       most  uses allowed
 *       ttlS  seconds the count lives
 */
export const takeUse = script(
  1,
  `
local usesKey = KEYS[1]
local use, most, ttlS = ARGV[1], tonumber(ARGV[2]), ARGV[3]
if redis.call('SISMEMBER', usesKey, use) == 1 then return 1 end
if redis.call('SCARD', usesKey) >= most then return 0 end
redis.call('SADD', usesKey, use)
redis.call('EXPIRE', usesKey, ttlS)
return 1
`,
);
