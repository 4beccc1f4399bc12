import { script, SET_NOW } from './script.ts';

/*
 * Offers a call whose stream has ended to another relay, under the next epoch, with room reserved there. The
 * answer to the carrier is kept in a field of its own, so that a repeated question gets the same.
 *
 * KEYS  call:<callId>, calls:live, relay:<relayId>, relay:<relayId>:reserved
 * ARGV  field       of the answer
 *       answer      sealed
 *       epoch       offered
 *       callId
 *       reserveMs   how long the reservation, and the wait for the stream, may last
 *       mostLosses  losses a call may have within lossesMs; 0 when this is no loss
 *       lossesMs
 *       relayId
 *
 * Returns {'offered', ''} | {'repeat', sealed answer} | {'ended', ''} | {'unknown', ''}
 *         {'left', ''}       the carrier has reported that the caller is gone: the call is closed soon
 *         {'moved', ''}      another offer was made since the epoch was chosen, or a transfer has begun
 *         {'exhausted', ''}  lost too often in a short time
 *         {'gone', ''} | {'full', ''}  the relay cannot take it
 */
export const offerCall = script(
  4,
  `
local callKey, liveKey, relayKey, reservedKey = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local field, answer, epoch, callId = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local reserveMs, mostLosses, lossesMs, relayId = ARGV[5], tonumber(ARGV[6]), tonumber(ARGV[7]), ARGV[8]
local call = redis.call('HMGET', callKey, 'status', 'minted', 'losses', field, 'left')
local status, lastOffered, earlierLosses, earlierAnswer, left = call[1], call[2], call[3], call[4], call[5]
if not status then return {'unknown', ''} end
if earlierAnswer then return {'repeat', earlierAnswer} end
if status == 'ended' then return {'ended', ''} end
if left == '1' then return {'left', ''} end
if status == 'transferring' or tonumber(lastOffered) ~= tonumber(epoch) - 1 then return {'moved', ''} end
${SET_NOW}
local losses = {}
for at in string.gmatch(earlierLosses or '', '%d+') do
  if tonumber(at) > now - lossesMs then losses[#losses + 1] = at end
end
if mostLosses > 0 and #losses >= mostLosses then return {'exhausted', ''} end
local lease = redis.call('HMGET', relayKey, 'capacity', 'active', 'draining')
local capacity, active, draining = lease[1], lease[2], lease[3]
if not capacity or draining == '1' then return {'gone', ''} end
redis.call('ZREMRANGEBYSCORE', reservedKey, '-inf', now)
if tonumber(active) + redis.call('ZCARD', reservedKey) >= tonumber(capacity) then return {'full', ''} end
if mostLosses > 0 then
  losses[#losses + 1] = string.format('%.0f', now)
  redis.call('HSET', callKey, 'losses', table.concat(losses, ' '))
end
local reservedUntil = now + tonumber(reserveMs)
redis.call('ZADD', reservedKey, reservedUntil, callId)
redis.call('PEXPIRE', reservedKey, reserveMs)
redis.call('HSET', callKey, 'minted', epoch, 'offered', relayId, field, answer)
redis.call('ZADD', liveKey, reservedUntil, callId)
return {'offered', ''}
`,
);

/*
 * The carrier is about to dial the person the call is transferred to.
 *
 * KEYS  call:<callId>, calls:live
 * ARGV  field      of the answer
 *       answer     sealed
 *       epoch      of the stream that was given up
 *       callId
 *       longestMs  how long the carrier may leave it unreported
 *       isAccepted '1' when the person is not asked to accept
 *
 * Returns {'dialled', ''} | {'repeat', sealed answer} | {'not-asked', ''}
 */
export const dialForCall = script(
  2,
  `
local callKey, liveKey = KEYS[1], KEYS[2]
local field, answer, epoch, callId = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local longestMs, isAccepted = tonumber(ARGV[5]), ARGV[6]
local call = redis.call('HMGET', callKey, 'status', field)
local status, earlierAnswer = call[1], call[2]
if earlierAnswer then return {'repeat', earlierAnswer} end
if status ~= 'transferring' then return {'not-asked', ''} end
${SET_NOW}
redis.call('HSET', callKey, 'transferEpoch', epoch, 'accepted', isAccepted, field, answer)
redis.call('ZADD', liveKey, now + longestMs, callId)
return {'dialled', ''}
`,
);

/*
 * The dialled person accepts the call.
 *
 * KEYS  call:<callId>, calls:live
 * ARGV  epoch   of the stream that was given up for them
 *       callId
 *       talkMs  how long they may talk
 *
 * Returns 1, or 0 when that transfer is over or the caller has left
 */
export const acceptCall = script(
  2,
  `
local callKey, liveKey = KEYS[1], KEYS[2]
local epoch, callId, talkMs = ARGV[1], ARGV[2], tonumber(ARGV[3])
local call = redis.call('HMGET', callKey, 'status', 'transferEpoch', 'left')
local status, transferEpoch, hasLeft = call[1], call[2], call[3]
if status ~= 'transferring' or transferEpoch ~= epoch or hasLeft then return 0 end
${SET_NOW}
redis.call('HSET', callKey, 'accepted', '1')
redis.call('ZADD', liveKey, 'XX', now + talkMs, callId)
return 1
`,
);
