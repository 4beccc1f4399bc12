import { APPLY_TRANSITION } from './apply-transition.ts';
import { script } from './script.ts';

/*
 * Appends the owner's next events, each once: what is at or below lastSeq is there already, what comes from
 * an older epoch is refused, and so is what would leave a gap, because events before it have been lost here.
 * Marks are carried out, and what an event cost is added to the tenant's day and month, in the same step, so
 * it counts once too.
 *
 * A call that has been offered to another relay is not ended by the one that lost it: to a relay that wakes
 * up between the offer and the claim, the stream that the carrier closed for the new one looks like a caller
 * who hung up. Only the carrier's report that the caller has left lets it end the call. Events before the
 * ending are stored.
 *
 * KEYS[1] call:<callId>   KEYS[2] call:<callId>:events   KEYS[3] calls:live
 * KEYS[4] spend:<tenantId>:<day>   KEYS[5] spend:<tenantId>:<month>
 * ARGV[1] epoch   ARGV[2] callId   ARGV[3] seconds the call's keys live   ARGV[4…6] MARK_LEASES
 * ARGV[7], ARGV[8] seconds a day's and a month's spending is kept ARGV[9…] epoch it was written under, seq,
 * sealed event, mark and micros it cost, in fives, ascending
 *
 * Returns {'stored', lastSeq, micros added, micros of the day, micros of the month} | {'fenced', 0} |
 * {'unknown', 0}
 *         | {'behind', lastSeq}; the sums are 0 when nothing was added
 */
export const appendEvents = script(
  5,
  `${APPLY_TRANSITION}
local call = redis.call('HMGET', KEYS[1], 'epoch', 'lastSeq', 'minted', 'left')
if not call[1] then return {'unknown', 0} end
if tonumber(ARGV[1]) < tonumber(call[1]) then return {'fenced', 0} end
local last = tonumber(call[2])
local cost = 0
local isOffered = call[3] and tonumber(call[3]) > tonumber(ARGV[1]) and call[4] ~= '1'
local outcome = 'stored'
if tonumber(ARGV[10]) > last + 1 then return {'behind', last} end
for index = 9, #ARGV, 5 do
  local seq = tonumber(ARGV[index + 1])
  if seq > last then
    if isOffered and string.sub(ARGV[index + 3], 1, 6) == 'ended:' then
      outcome = 'fenced'
      break
    end
    redis.call('XADD', KEYS[2], '*', 'e', ARGV[index], 's', seq, 'p', ARGV[index + 2])
    cost = cost + tonumber(ARGV[index + 4])
    mark(KEYS[1], KEYS[3], ARGV[2], ARGV[index + 3], ARGV[index + 2], ARGV[4], ARGV[5], ARGV[6])
    last = seq
  end
end
local sums = {0, 0}
if cost > 0 then
  for period = 1, 2 do
    sums[period] = redis.call('HINCRBY', KEYS[3 + period], 'added', cost) + tonumber(redis.call('HGET', KEYS[3 + period], 'opened') or 0)
    redis.call('EXPIRE', KEYS[3 + period], ARGV[6 + period])
  end
end
redis.call('HSET', KEYS[1], 'lastSeq', last)
redis.call('EXPIRE', KEYS[1], ARGV[3])
redis.call('EXPIRE', KEYS[2], ARGV[3])
return {outcome, last, cost, sums[1], sums[2]}
`,
);

/*
 * Adds one event of the ingress or a worker, once per its own name, with its mark.
 *
 * KEYS[1] call:<callId>   KEYS[2] call:<callId>:events   KEYS[3] calls:live
 * ARGV[1] name of the event, unique in the call   ARGV[2] sealed event   ARGV[3] mark   ARGV[4] callId
 * ARGV[5…7] MARK_LEASES   ARGV[8] events the log may hold
 *
 * Returns 'stored' | 'repeat' | 'unknown' | 'ended' (a second ending is refused) | 'full' (no ending is)
 */
export const appendExternalEvent = script(
  3,
  `${APPLY_TRANSITION}
local status = redis.call('HGET', KEYS[1], 'status')
if not status then return 'unknown' end
local isEnding = string.sub(ARGV[3], 1, 6) == 'ended:'
if isEnding and status == 'ended' then return 'ended' end
if not isEnding and redis.call('XLEN', KEYS[2]) >= tonumber(ARGV[8]) then return 'full' end
if redis.call('HSETNX', KEYS[1], 'seen:' .. ARGV[1], 1) == 0 then return 'repeat' end
redis.call('XADD', KEYS[2], '*', 'e', 0, 's', 0, 'p', ARGV[2])
mark(KEYS[1], KEYS[3], ARGV[4], ARGV[3], ARGV[2], ARGV[5], ARGV[6], ARGV[7])
return 'stored'
`,
);
