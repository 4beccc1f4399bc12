import { script, SET_NOW } from './script.ts';

/*
 * Lets one of the processes that have seen a call's relay go silent move the caller to another relay. An
 * attempt that is not reported to have ended may be taken up by any process, when its time is over.
 *
 * KEYS  call:<callId>, calls:live, calls:rescues
 * ARGV  callId
 *       overMs        how long the lease must have been over
 *       othersWaitMs  how long an attempt may take
 *       mostAttempts  of one silent owner
 *
 * Returns {epoch of the silent owner, number of the attempt from 1}; {0, 0} when the call needs no rescue: it
 * is renewed, over, with a person, on its way to another relay, rescued by another process, or its carrier
 * has closed the stream or the caller has left: it knows, and asks by itself
 */
export const claimRescue = script(
  3,
  `
local callKey, liveKey, rescuesKey = KEYS[1], KEYS[2], KEYS[3]
local callId, overMs = ARGV[1], tonumber(ARGV[2])
local othersWaitMs, mostAttempts = tonumber(ARGV[3]), tonumber(ARGV[4])
local call = redis.call('HMGET', callKey, 'status', 'epoch', 'minted', 'left', 'detached', 'rescue')
local status, epoch, offered = call[1], call[2], call[3]
local hasLeft, detached, rescue = call[4], call[5], call[6]
${SET_NOW}
local nextAt = redis.call('ZSCORE', rescuesKey, callId)
if nextAt and tonumber(nextAt) > now then return {0, 0} end
local attempts = 0
if epoch and rescue then attempts = tonumber(string.match(rescue, '^' .. epoch .. ':(%d+)$') or 0) end
local isSilent = false
if status and not hasLeft and detached ~= epoch .. ':closed' and attempts < mostAttempts then
  if attempts > 0 and (epoch ~= offered or status ~= 'connected') then
    isSilent = true
  elseif status == 'connected' and epoch == offered then
    local lease = redis.call('ZSCORE', liveKey, callId)
    isSilent = lease and tonumber(lease) <= now - overMs
  end
end
if not isSilent then
  redis.call('ZREM', rescuesKey, callId)
  return {0, 0}
end
redis.call('HSET', callKey, 'rescue', epoch .. ':' .. attempts + 1)
redis.call('ZADD', rescuesKey, now + othersWaitMs, callId)
return {tonumber(epoch), attempts + 1}
`,
);
