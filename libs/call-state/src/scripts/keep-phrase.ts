import { script } from './script.ts';

/*
 * Keeps the sound of one phrase of an agent's version, if there is room for it, and forgets the versions that
 * have kept nothing for longest.
 *
 * KEYS[1] phrases:<agentId>:<version>   KEYS[2] phrases
 * ARGV[1] name   ARGV[2] sealed sound   ARGV[3] phrases a version may have   ARGV[4] versions there may be   ARGV[5] seconds they live
 */
export const keepPhrase = script(
  2,
  `
if redis.call('HLEN', KEYS[1]) >= tonumber(ARGV[3]) then return 0 end
if redis.call('HSETNX', KEYS[1], ARGV[1], ARGV[2]) == 0 then return 0 end
redis.call('EXPIRE', KEYS[1], ARGV[5])
redis.call('ZADD', KEYS[2], redis.call('TIME')[1], KEYS[1])
redis.call('EXPIRE', KEYS[2], ARGV[5])
local over = redis.call('ZCARD', KEYS[2]) - tonumber(ARGV[4])
if over > 0 then
  for _, key in ipairs(redis.call('ZRANGE', KEYS[2], 0, over - 1)) do redis.call('DEL', key) end
  redis.call('ZREMRANGEBYRANK', KEYS[2], 0, over - 1)
end
return 1
`,
);
