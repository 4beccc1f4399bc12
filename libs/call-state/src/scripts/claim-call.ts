import { script } from './script.ts';

/*
 * A relay takes a call over. A ticket's epoch must be newer than the last one claimed, which makes each
 * ticket good for one stream and a newer one a takeover. Whatever the owner before had begun with the call (a
 * transfer) is off.
 *
 * The room that was reserved counts as taken from here on, until the relay's next heartbeat tells its own
 * figure.
 *
 * KEYS[1] call:<callId>   KEYS[2] calls:live   KEYS[3] relay:<relayId>:reserved   KEYS[4] relay:<relayId>
 * ARGV[1] epoch   ARGV[2] relayId   ARGV[3] ms until the lease ends   ARGV[4] callId
 *
 * Returns {'claimed', sealed record, lastSeq, admittedAt} | {'unknown'} | {'ended'} | {'used'}
 */
export const claimCall = script(
  4,
  `
local call = redis.call('HMGET', KEYS[1], 'record', 'status', 'epoch', 'lastSeq', 'admittedAt')
if not call[1] then return {'unknown'} end
if call[2] == 'ended' then return {'ended'} end
if tonumber(ARGV[1]) <= tonumber(call[3]) then return {'used'} end
redis.call('HSET', KEYS[1], 'epoch', ARGV[1], 'relay', ARGV[2], 'status', 'connected')
redis.call('HDEL', KEYS[1], 'transfer', 'transferEpoch', 'accepted')
redis.call('ZREM', KEYS[3], ARGV[4])
if redis.call('EXISTS', KEYS[4]) == 1 then redis.call('HINCRBY', KEYS[4], 'active', 1) end
local time = redis.call('TIME')
redis.call('ZADD', KEYS[2], time[1] * 1000 + math.floor(time[2] / 1000) + tonumber(ARGV[3]), ARGV[4])
return {'claimed', call[1], call[4], call[5]}
`,
);
