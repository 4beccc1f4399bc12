/*
 * mark(call, live, callId, word, sealed, askedMs, returnMs, leftMs): carries a mark out, on a call that has
 * not ended.
 *
 * transferring  the sealed fact is kept with the call; the carrier has askedMs to ask about it
 * moved         its relay has let go of it for another one: the carrier asks at once, and it counts as no loss
 * connected     a transfer is over and the call goes on; a relay has to be found within returnMs
 * left          the carrier has no caller any more: whoever holds the call goes on renewing it, else it is closed soon
 * ended:reason  nothing changes it any more
 */
export const APPLY_TRANSITION = `
local function mark(call, live, callId, word, sealed, askedMs, returnMs, leftMs)
  local status = redis.call('HGET', call, 'status')
  if word == '' or status == 'ended' then return end
  local time = redis.call('TIME')
  local now = time[1] * 1000 + math.floor(time[2] / 1000)
  if word == 'transferring' then
    redis.call('HSET', call, 'status', 'transferring', 'transfer', sealed)
    redis.call('HDEL', call, 'transferEpoch', 'accepted')
    redis.call('ZADD', live, now + askedMs, callId)
  elseif word == 'moved' then
    redis.call('HSET', call, 'moved', redis.call('HGET', call, 'epoch'))
  elseif word == 'connected' then
    if status ~= 'transferring' then return end
    redis.call('HSET', call, 'status', 'connected')
    redis.call('HDEL', call, 'transfer', 'transferEpoch', 'accepted')
    redis.call('ZADD', live, now + returnMs, callId)
  elseif word == 'left' then
    redis.call('HSET', call, 'left', '1')
    redis.call('ZADD', live, 'XX', 'LT', now + leftMs, callId)
  else
    redis.call('HSET', call, 'status', 'ended', 'reason', string.sub(word, 7))
  end
end
`;
