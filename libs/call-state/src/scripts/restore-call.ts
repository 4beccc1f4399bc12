import { script, SET_NOW } from './script.ts';

/*
 * The owner puts a call back that has been lost here, in whole or in its last part: record, ownership, lease,
 * and the events others had added. Its own events follow through append-events.
 *
 * KEYS  call:<callId>, call:<callId>:events, calls:live, carrier:<carrierCallId>
 * ARGV  callId, tenantId
 *       record       sealed
 *       epoch
 *       relayId
 *       admittedAt
 *       leaseMs      ms until the lease ends
 *       ttlS         seconds the keys live
 *       beginsAfter  events up to this number count as stored
 *       then sealed events of others, in the order they were stored
 *
 * Returns lastSeq of what is left of the owner's events, or -1 when a newer owner is there
 */
export const restoreCall = script(
  4,
  `
local callKey, eventsKey, liveKey, carrierKey = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local callId, tenantId, record, epoch, relayId = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5]
local admittedAt, leaseMs, ttlS, beginsAfter = ARGV[6], tonumber(ARGV[7]), ARGV[8], tonumber(ARGV[9])
local FIRST = 10
local call = redis.call('HMGET', callKey, 'epoch', 'minted', 'status', 'lastSeq')
local owner, offered, status, lastSeq = call[1], tonumber(call[2] or 0), call[3], tonumber(call[4] or 0)
if owner and tonumber(owner) > tonumber(epoch) then return -1 end
if not status or status == 'admitted' then status = 'connected' end
if redis.call('EXISTS', eventsKey) == 0 then
  lastSeq = 0
  for index = FIRST, #ARGV do redis.call('XADD', eventsKey, '*', 'e', 0, 's', 0, 'p', ARGV[index]) end
end
lastSeq = math.max(lastSeq, beginsAfter)
redis.call('HSET', callKey, 'tenant', tenantId, 'record', record, 'status', status, 'epoch', epoch,
  'minted', math.max(offered, tonumber(epoch)), 'relay', relayId, 'lastSeq', lastSeq,
  'admittedAt', admittedAt)
redis.call('HSETNX', carrierKey, 'call', callId)
for _, key in ipairs({callKey, eventsKey, carrierKey}) do redis.call('EXPIRE', key, ttlS) end
${SET_NOW}
redis.call('ZADD', liveKey, 'GT', now + leaseMs, callId)
return lastSeq
`,
);
