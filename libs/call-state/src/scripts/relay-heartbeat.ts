import { script } from './script.ts';

/*
 * Renews a relay's lease and those of the calls it owns, and says how each call stands here. A call's lease
 * is never made shorter: one that was let go meanwhile has been given a longer one. What somebody else owns
 * by now is not renewed, nor what has been offered to another relay: the carrier is about to close, or has
 * closed, the stream of this one.
 *
 * KEYS[1] relay:<relayId>   KEYS[2] relays   KEYS[3] calls:live   KEYS[4…] call:<callId>, in the order of the arguments
 * ARGV[1] relayId   ARGV[2] ms the lease lasts   ARGV[3] address   ARGV[4] capacity   ARGV[5] active calls
 * ARGV[6] '1' while draining, else '0'   ARGV[7] '1' while it has all it can do, else '0'
 * ARGV[8…] callId, epoch, and '1' while held ('0': over, and not known to be in Postgres), in threes
 *
 * Returns for each call its lastSeq, or -1 unknown or of an older epoch, -2 a newer owner is there or on its
 * way, -3 in Postgres
 */
export const relayHeartbeat = script(
  null,
  `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local lease = tonumber(ARGV[2])
redis.call('HSET', KEYS[1], 'address', ARGV[3], 'capacity', ARGV[4], 'active', ARGV[5], 'draining', ARGV[6], 'strained', ARGV[7])
redis.call('PEXPIRE', KEYS[1], lease)
redis.call('ZADD', KEYS[2], now, ARGV[1])
local standings = {}
for index = 8, #ARGV, 3 do
  local number = (index - 8) / 3 + 1
  local call = redis.call('HMGET', KEYS[number + 3], 'epoch', 'lastSeq', 'status', 'persisted', 'minted')
  local epoch = tonumber(call[1] or -1)
  local newest = epoch
  if call[5] and call[3] ~= 'ended' then newest = math.max(epoch, tonumber(call[5])) end
  if call[4] then standings[number] = -3
  elseif newest > tonumber(ARGV[index + 1]) then standings[number] = -2
  elseif epoch < tonumber(ARGV[index + 1]) then standings[number] = -1
  else
    standings[number] = tonumber(call[2])
    if ARGV[index + 2] == '1' and call[3] ~= 'ended' then redis.call('ZADD', KEYS[3], 'GT', now + lease, ARGV[index]) end
  end
end
return standings
`,
);
