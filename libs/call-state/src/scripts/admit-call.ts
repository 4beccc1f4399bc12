import { script, SET_NOW } from './script.ts';

/*
 * Admits a call once, however often the carrier asks.
 *
 * KEYS  carrier:<carrierCallId>, call:<callId>, call:<callId>:events, calls:live, relay:<relayId>,
 *       relay:<relayId>:reserved
 * ARGV  answer      kept for repeats
 *       callId, tenantId
 *       record      sealed
 *       event       sealed call.admitted
 *       reserveMs   how long the reservation, and the wait for the stream, may last
 *       ttlS        seconds the keys live
 *       relayId
 *
 * Returns {'new', ''}        admitted, the answer is kept
 *         {'repeat', answer} admitted before; the answer given then
 *         {'left', ''}       its caller waited and has left, which is or will be recorded
 *         {'gone', ''}       the relay's lease has ended or it drains
 *         {'full', ''}       the relay has no room left, or the caller has asked for a callback
 */
export const admitCall = script(
  6,
  `
local carrierKey, callKey, eventsKey = KEYS[1], KEYS[2], KEYS[3]
local liveKey, relayKey, reservedKey = KEYS[4], KEYS[5], KEYS[6]
local answer, callId, tenantId, record, event = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5]
local reserveMs, ttlS, relayId = ARGV[6], ARGV[7], ARGV[8]
local carrier = redis.call('HMGET', carrierKey, 'answer', 'waits', 'gone', 'waitsAs')
local earlierAnswer, waits, hasLeft, waitsAs = carrier[1], carrier[2], carrier[3], carrier[4]
if earlierAnswer then return {'repeat', earlierAnswer} end
if waits and hasLeft then return {'left', ''} end
if waitsAs == 'callback-requested' then return {'full', ''} end
local lease = redis.call('HMGET', relayKey, 'capacity', 'active', 'draining')
local capacity, active, draining = lease[1], lease[2], lease[3]
if not capacity or draining == '1' then return {'gone', ''} end
${SET_NOW}
redis.call('ZREMRANGEBYSCORE', reservedKey, '-inf', now)
if tonumber(active) + redis.call('ZCARD', reservedKey) >= tonumber(capacity) then return {'full', ''} end
local reservedUntil = now + tonumber(reserveMs)
redis.call('ZADD', reservedKey, reservedUntil, callId)
redis.call('PEXPIRE', reservedKey, reserveMs)
redis.call('HSET', carrierKey, 'answer', answer, 'call', callId)
redis.call('EXPIRE', carrierKey, ttlS)
redis.call('HSET', callKey, 'tenant', tenantId, 'record', record, 'status', 'admitted', 'epoch', 0,
  'minted', 1, 'offered', relayId, 'lastSeq', 0, 'admittedAt', now)
redis.call('EXPIRE', callKey, ttlS)
redis.call('XADD', eventsKey, '*', 'e', 0, 's', 0, 'p', event)
redis.call('EXPIRE', eventsKey, ttlS)
redis.call('ZADD', liveKey, reservedUntil, callId)
return {'new', ''}
`,
);
