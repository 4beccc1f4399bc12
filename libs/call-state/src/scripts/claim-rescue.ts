import { script, SET_NOW } from './script.ts';

/*
 * Lets one of the processes that have seen a call's relay go silent move the caller to another relay.
 *
 * KEYS  call:<callId>, calls:live
 * ARGV  callId
 *       overMs        how long the lease must have been over
 *       othersWaitMs
 *
 * Returns the epoch of the silent owner, or 0 when the call needs no rescue: it is renewed, over, with a
 * person, on its way to another relay, rescued by another process, or its carrier has closed the stream: it
 * knows, and asks by itself
 */
export const claimRescue = script(
  2,
  `
local callKey, liveKey = KEYS[1], KEYS[2]
local callId, overMs, othersWaitMs = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
local call = redis.call('HMGET', callKey, 'status', 'epoch', 'minted', 'rescueUntil', 'left', 'detached')
local status, epoch, offered, rescueUntil, hasLeft = call[1], call[2], call[3], call[4], call[5]
if status ~= 'connected' or epoch ~= offered or hasLeft then return 0 end
if call[6] == epoch .. ':closed' then return 0 end
${SET_NOW}
local lease = redis.call('ZSCORE', liveKey, callId)
if not lease or tonumber(lease) > now - overMs or now < tonumber(rescueUntil or 0) then return 0 end
redis.call('HSET', callKey, 'rescueUntil', string.format('%.0f', now + othersWaitMs))
return tonumber(epoch)
`,
);
