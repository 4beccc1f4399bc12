import { script, SET_NOW } from './script.ts';

/*
 * Adds a call to the end of the line, or keeps it where it is.
 *
 * KEYS  waiting:<agentId>, waiting, carrier:<carrierCallId>
 * ARGV  carrierCallId
 *       member       <agentId>/<carrierCallId>
 *       call         sealed; the first one stored stays
 *       mostWaiting  calls that may wait
 *       ttlS         seconds it is kept
 *
 * Returns {calls ahead of it, ms it has waited}
 *         {-1, 0} the line is full | {-2, 0} its caller has left | {-3, 0} it has been answered meanwhile
 */
export const waitInLine = script(
  3,
  `
local lineKey, waitingKey, carrierKey = KEYS[1], KEYS[2], KEYS[3]
local carrierCallId, member, call = ARGV[1], ARGV[2], ARGV[3]
local mostWaiting, ttlS = tonumber(ARGV[4]), ARGV[5]
local carrier = redis.call('HMGET', carrierKey, 'waits', 'waitsSince', 'gone', 'answer')
local waits, waitsSince, hasLeft, answer = carrier[1], carrier[2], carrier[3], carrier[4]
if answer then return {-3, 0} end
if waits and hasLeft then return {-2, 0} end
if not waits and redis.call('ZCARD', lineKey) >= mostWaiting then return {-1, 0} end
${SET_NOW}
local since = tonumber(waitsSince or now)
if not waits then redis.call('HSET', carrierKey, 'waits', call, 'waitsSince', since) end
redis.call('EXPIRE', carrierKey, ttlS)
redis.call('ZADD', lineKey, 'NX', since, carrierCallId)
redis.call('EXPIRE', lineKey, ttlS)
redis.call('ZADD', waitingKey, now, member)
return {redis.call('ZRANK', lineKey, carrierCallId), now - since}
`,
);
