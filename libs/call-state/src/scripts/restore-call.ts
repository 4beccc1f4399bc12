import { script } from './script.ts';

/*
 * The owner puts a call back that has been lost here, in whole or in its last part: record, ownership, lease,
 * and the facts others had added. Its own events follow through append-events.
 *
 * KEYS[1] call:<callId>   KEYS[2] call:<callId>:events   KEYS[3] calls:live   KEYS[4] carrier:<carrierCallId>
 * ARGV[1] callId   ARGV[2] tenantId   ARGV[3] sealed record   ARGV[4] epoch   ARGV[5] relayId   ARGV[6] when it was admitted
 * ARGV[7] ms until the lease ends   ARGV[8] seconds the keys live   ARGV[9] events up to this number count as there
 * ARGV[10…] sealed facts of others, as they were stored before the owner's own
 *
 * Returns lastSeq of what is left of the owner's events, or -1 when a newer owner is there
 */
export const restoreCall = script(
  4,
  `
local call = redis.call('HMGET', KEYS[1], 'epoch', 'minted', 'status', 'lastSeq')
if call[1] and tonumber(call[1]) > tonumber(ARGV[4]) then return -1 end
local minted = math.max(tonumber(call[2] or 0), tonumber(ARGV[4]))
local status = call[3]
if not status or status == 'admitted' then status = 'connected' end
local last = tonumber(call[4] or 0)
if redis.call('EXISTS', KEYS[2]) == 0 then
  last = 0
  for index = 10, #ARGV do redis.call('XADD', KEYS[2], '*', 'e', 0, 's', 0, 'p', ARGV[index]) end
end
last = math.max(last, tonumber(ARGV[9]))
redis.call('HSET', KEYS[1], 'tenant', ARGV[2], 'record', ARGV[3], 'status', status, 'epoch', ARGV[4], 'minted', minted, 'relay', ARGV[5], 'lastSeq', last, 'admittedAt', ARGV[6])
redis.call('HSETNX', KEYS[4], 'call', ARGV[1])
for index = 1, 4 do if index ~= 3 then redis.call('EXPIRE', KEYS[index], ARGV[8]) end end
local time = redis.call('TIME')
redis.call('ZADD', KEYS[3], 'GT', time[1] * 1000 + math.floor(time[2] / 1000) + tonumber(ARGV[7]), ARGV[1])
return last
`,
);
