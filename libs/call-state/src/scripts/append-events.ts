import { APPLY_TRANSITION } from './apply-transition.ts';
import { script } from './script.ts';

/*
 * Appends the owner's next events, each once: an event at or below lastSeq is stored already, one from an
 * older epoch is refused, and so is one that would leave a gap, because events before it have been lost here.
 * Transitions are applied, and the cost of an event is added to the tenant's day and month, in the same step,
 * so it counts once too.
 *
 * A call that has been offered to another relay is not ended by the one that lost it: to a relay that wakes
 * up between the offer and the claim, the stream that the carrier closed for the new one looks like a caller
 * who hung up. Only the carrier's report that the caller has left lets it end the call. Events before the
 * ending are stored.
 *
 * KEYS  call:<callId>, call:<callId>:events, calls:live, spend:<tenantId>:<day>, spend:<tenantId>:<month>
 * ARGV  epoch
 *       callId
 *       ttlS               seconds the call's keys live
 *       askedMs, returnMs, leftMs   TRANSITION_LEASES
 *       dayTtlS, monthTtlS seconds a day's and a month's spending is kept
 *       then in fives, ascending: epoch it was written under, seq, sealed event, transition, micros it cost
 *
 * Returns {'stored', lastSeq, micros added, micros of the day, micros of the month}; the sums are 0 when
 *         nothing was added
 *         {'fenced', 0} | {'unknown', 0} | {'behind', lastSeq}
 */
export const appendEvents = script(
  5,
  `${APPLY_TRANSITION}
local callKey, eventsKey, liveKey, spendKeys = KEYS[1], KEYS[2], KEYS[3], {KEYS[4], KEYS[5]}
local epoch, callId, ttlS = tonumber(ARGV[1]), ARGV[2], ARGV[3]
local askedMs, returnMs, leftMs, spendTtlS = ARGV[4], ARGV[5], ARGV[6], {ARGV[7], ARGV[8]}
local FIRST, WIDTH = 9, 5
local call = redis.call('HMGET', callKey, 'epoch', 'lastSeq', 'minted', 'left')
local owner, last, offered, hasLeft = tonumber(call[1]), tonumber(call[2]), call[3], call[4] == '1'
if not call[1] then return {'unknown', 0} end
if epoch < owner then return {'fenced', 0} end
if tonumber(ARGV[FIRST + 1]) > last + 1 then return {'behind', last} end
local isOffered = offered and tonumber(offered) > epoch and not hasLeft
local cost = 0
local outcome = 'stored'
for index = FIRST, #ARGV, WIDTH do
  local writtenUnder, seq, event = ARGV[index], tonumber(ARGV[index + 1]), ARGV[index + 2]
  local transition, micros = ARGV[index + 3], tonumber(ARGV[index + 4])
  if seq > last then
    if isOffered and string.sub(transition, 1, 6) == 'ended:' then
      outcome = 'fenced'
      break
    end
    redis.call('XADD', eventsKey, '*', 'e', writtenUnder, 's', seq, 'p', event)
    cost = cost + micros
    applyTransition(callKey, liveKey, callId, transition, event, askedMs, returnMs, leftMs)
    last = seq
  end
end
local sums = {0, 0}
if cost > 0 then
  for period = 1, 2 do
    local key = spendKeys[period]
    local added = redis.call('HINCRBY', key, 'added', cost)
    sums[period] = added + tonumber(redis.call('HGET', key, 'opened') or 0)
    redis.call('EXPIRE', key, spendTtlS[period])
  end
end
redis.call('HSET', callKey, 'lastSeq', last)
redis.call('EXPIRE', callKey, ttlS)
redis.call('EXPIRE', eventsKey, ttlS)
return {outcome, last, cost, sums[1], sums[2]}
`,
);

/*
 * Adds one event of the ingress or a worker, once per its own name, and applies its transition.
 *
 * KEYS  call:<callId>, call:<callId>:events, calls:live
 * ARGV  name          unique in the call
 *       event         sealed
 *       transition
 *       callId
 *       askedMs, returnMs, leftMs   TRANSITION_LEASES
 *       mostEvents    events the log may hold
 *
 * Returns 'stored' | 'repeat' | 'unknown' | 'ended' (a second ending is refused) | 'full' (a full log takes
 * nothing but an ending)
 */
export const appendExternalEvent = script(
  3,
  `${APPLY_TRANSITION}
local callKey, eventsKey, liveKey = KEYS[1], KEYS[2], KEYS[3]
local name, event, transition, callId = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local askedMs, returnMs, leftMs, mostEvents = ARGV[5], ARGV[6], ARGV[7], tonumber(ARGV[8])
local status = redis.call('HGET', callKey, 'status')
if not status then return 'unknown' end
local isEnding = string.sub(transition, 1, 6) == 'ended:'
if isEnding and status == 'ended' then return 'ended' end
if not isEnding and redis.call('XLEN', eventsKey) >= mostEvents then return 'full' end
if redis.call('HSETNX', callKey, 'seen:' .. name, 1) == 0 then return 'repeat' end
redis.call('XADD', eventsKey, '*', 'e', 0, 's', 0, 'p', event)
applyTransition(callKey, liveKey, callId, transition, event, askedMs, returnMs, leftMs)
return 'stored'
`,
);
