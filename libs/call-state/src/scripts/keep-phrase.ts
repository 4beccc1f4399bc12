import { script } from './script.ts';

/*
 * Stores the sound of one phrase of an agent's version if there is room, and deletes the versions that have
 * stored nothing for the longest time.
 *
 * KEYS  phrases:<agentId>:<version>, phrases
 * ARGV  name          of the phrase
 *       sound         sealed
 *       mostPhrases   phrases a version may have
 *       mostVersions  versions there may be
 *       ttlS          seconds they live
 */
export const keepPhrase = script(
  2,
  `
local phrasesKey, versionsKey = KEYS[1], KEYS[2]
local name, sound = ARGV[1], ARGV[2]
local mostPhrases, mostVersions, ttlS = tonumber(ARGV[3]), tonumber(ARGV[4]), ARGV[5]
if redis.call('HLEN', phrasesKey) >= mostPhrases then return 0 end
if redis.call('HSETNX', phrasesKey, name, sound) == 0 then return 0 end
redis.call('EXPIRE', phrasesKey, ttlS)
redis.call('ZADD', versionsKey, redis.call('TIME')[1], phrasesKey)
redis.call('EXPIRE', versionsKey, ttlS)
local surplus = redis.call('ZCARD', versionsKey) - mostVersions
if surplus > 0 then
  for _, key in ipairs(redis.call('ZRANGE', versionsKey, 0, surplus - 1)) do redis.call('DEL', key) end
  redis.call('ZREMRANGEBYRANK', versionsKey, 0, surplus - 1)
end
return 1
`,
);
