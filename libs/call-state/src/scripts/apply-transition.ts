import { SET_NOW } from './script.ts';

/*
 * The Lua function applyTransition applies a transition to a call that has not ended.
 *
 * transferring  the sealed event is kept with the call; the carrier has askedMs to ask about it
 * moved         its relay has released it for another one: the carrier asks at once, and it is not a loss
 * closed        its carrier has closed the stream without saying whether the caller is still there
 * lost          its owner has let go of it because the stream broke
 * connected     a transfer is over and the call continues; a relay must be found within returnMs
 * left          the carrier has no caller any more: an owner goes on renewing the lease, else it ends soon
 * ended:reason  final
 */
export const APPLY_TRANSITION = `
local function applyTransition(callKey, liveKey, callId, transition, event, askedMs, returnMs, leftMs)
  local status = redis.call('HGET', callKey, 'status')
  if transition == '' or status == 'ended' then return end
  ${SET_NOW}
  if transition == 'transferring' then
    redis.call('HSET', callKey, 'status', 'transferring', 'transfer', event)
    redis.call('HDEL', callKey, 'transferEpoch', 'accepted')
    redis.call('ZADD', liveKey, now + askedMs, callId)
  elseif transition == 'moved' then
    redis.call('HSET', callKey, 'moved', redis.call('HGET', callKey, 'epoch'))
  elseif transition == 'closed' or transition == 'lost' then
    redis.call('HSET', callKey, 'detached', redis.call('HGET', callKey, 'epoch') .. ':' .. transition)
  elseif transition == 'connected' then
    if status ~= 'transferring' then return end
    redis.call('HSET', callKey, 'status', 'connected')
    redis.call('HDEL', callKey, 'transfer', 'transferEpoch', 'accepted')
    redis.call('ZADD', liveKey, now + returnMs, callId)
  elseif transition == 'left' then
    redis.call('HSET', callKey, 'left', '1')
    redis.call('ZADD', liveKey, 'XX', 'LT', now + leftMs, callId)
  else
    redis.call('HSET', callKey, 'status', 'ended', 'reason', string.sub(transition, 7))
  end
end
`;
