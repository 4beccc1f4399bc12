import { script } from './script.ts';

/*
 * Offers a call whose stream is over to another relay, under the next epoch, with room reserved there. What
 * is answered to the carrier is kept under ARGV[1], so that a repeat of its question gets the same.
 *
 * KEYS[1] call:<callId>   KEYS[2] calls:live   KEYS[3] relay:<relayId>   KEYS[4] relay:<relayId>:reserved
 * ARGV[1] field of the answer   ARGV[2] sealed answer   ARGV[3] epoch offered   ARGV[4] callId
 * ARGV[5] ms the reservation and the wait for the stream may last ARGV[6] losses a call may have within
 * ARGV[7] ms; 0 when this is none ARGV[8] relayId
 *
 * Returns {'offered', ''} | {'repeat', sealed answer} | {'ended', ''} | {'unknown', ''}
 *         {'left', ''}       the carrier has reported that the caller is gone: nobody would come, and the call is to be closed soon
 *         {'moved', ''}      another offer was made since the epoch was chosen, or a transfer has begun
 *         {'exhausted', ''}  lost too often in a short time
 *         {'gone', ''} | {'full', ''}  the relay cannot take it
 */
export const offerCall = script(
  4,
  `
local call = redis.call('HMGET', KEYS[1], 'status', 'minted', 'losses', ARGV[1], 'left')
if not call[1] then return {'unknown', ''} end
if call[4] then return {'repeat', call[4]} end
if call[1] == 'ended' then return {'ended', ''} end
if call[5] == '1' then return {'left', ''} end
if call[1] == 'transferring' or tonumber(call[2]) ~= tonumber(ARGV[3]) - 1 then return {'moved', ''} end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local losses = {}
for at in string.gmatch(call[3] or '', '%d+') do
  if tonumber(at) > now - tonumber(ARGV[7]) then losses[#losses + 1] = at end
end
local most = tonumber(ARGV[6])
if most > 0 and #losses >= most then return {'exhausted', ''} end
local lease = redis.call('HMGET', KEYS[3], 'capacity', 'active', 'draining')
if not lease[1] or lease[3] == '1' then return {'gone', ''} end
redis.call('ZREMRANGEBYSCORE', KEYS[4], '-inf', now)
if tonumber(lease[2]) + redis.call('ZCARD', KEYS[4]) >= tonumber(lease[1]) then return {'full', ''} end
if most > 0 then
  losses[#losses + 1] = string.format('%.0f', now)
  redis.call('HSET', KEYS[1], 'losses', table.concat(losses, ' '))
end
local until_ = now + tonumber(ARGV[5])
redis.call('ZADD', KEYS[4], until_, ARGV[4])
redis.call('PEXPIRE', KEYS[4], ARGV[5])
redis.call('HSET', KEYS[1], 'minted', ARGV[3], 'offered', ARGV[8], ARGV[1], ARGV[2])
redis.call('ZADD', KEYS[2], until_, ARGV[4])
return {'offered', ''}
`,
);

/*
 * The carrier is about to dial the person a call was asked to be put through to.
 *
 * KEYS[1] call:<callId>   KEYS[2] calls:live
 * ARGV[1] field of the answer   ARGV[2] sealed answer   ARGV[3] epoch of the stream that was given up   ARGV[4] callId
 * ARGV[5] ms ringing and talking may last   ARGV[6] '1' when the person is not asked whether they take it
 *
 * Returns {'dialled', ''} | {'repeat', sealed answer} | {'not-asked', ''}
 */
export const dialForCall = script(
  2,
  `
local call = redis.call('HMGET', KEYS[1], 'status', ARGV[1])
if call[2] then return {'repeat', call[2]} end
if call[1] ~= 'transferring' then return {'not-asked', ''} end
local time = redis.call('TIME')
redis.call('HSET', KEYS[1], 'transferEpoch', ARGV[3], 'accepted', ARGV[6], ARGV[1], ARGV[2])
redis.call('ZADD', KEYS[2], time[1] * 1000 + math.floor(time[2] / 1000) + tonumber(ARGV[5]), ARGV[4])
return {'dialled', ''}
`,
);

/*
 * The person asked takes the call.
 *
 * KEYS[1] call:<callId>   ARGV[1] epoch of the stream that was given up for them
 *
 * Returns 1, or 0 when that transfer is over
 */
export const acceptCall = script(
  1,
  `
local call = redis.call('HMGET', KEYS[1], 'status', 'transferEpoch')
if call[1] ~= 'transferring' or call[2] ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[1], 'accepted', '1')
return 1
`,
);
