import { script, SET_NOW } from './script.ts';

/*
 * A relay claims a call. A ticket's epoch must be newer than the last one claimed, which makes each ticket
 * good for one stream and a newer one a takeover. A transfer the previous owner had begun is cancelled.
 *
 * From here on the reserved room counts as taken, until the relay's next heartbeat reports its own figure.
 *
 * KEYS  call:<callId>, calls:live, relay:<relayId>:reserved, relay:<relayId>
 * ARGV  epoch
 *       relayId
 *       leaseMs   ms until the lease ends
 *       callId
 *
 * Returns {'claimed', sealed record, lastSeq, admittedAt} | {'unknown'} | {'ended'} | {'used'}
 */
export const claimCall = script(
  4,
  `
local callKey, liveKey, reservedKey, relayKey = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local epoch, relayId, leaseMs, callId = ARGV[1], ARGV[2], tonumber(ARGV[3]), ARGV[4]
local call = redis.call('HMGET', callKey, 'record', 'status', 'epoch', 'lastSeq', 'admittedAt')
local record, status, lastEpoch, lastSeq, admittedAt = call[1], call[2], call[3], call[4], call[5]
if not record then return {'unknown'} end
if status == 'ended' then return {'ended'} end
if tonumber(epoch) <= tonumber(lastEpoch) then return {'used'} end
redis.call('HSET', callKey, 'epoch', epoch, 'relay', relayId, 'status', 'connected')
redis.call('HDEL', callKey, 'transfer', 'transferEpoch', 'accepted')
redis.call('ZREM', reservedKey, callId)
if redis.call('EXISTS', relayKey) == 1 then redis.call('HINCRBY', relayKey, 'active', 1) end
${SET_NOW}
redis.call('ZADD', liveKey, now + leaseMs, callId)
return {'claimed', record, lastSeq, admittedAt}
`,
);
