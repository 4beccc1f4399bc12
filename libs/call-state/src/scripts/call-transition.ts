import { isFinalStatus, type NewCallEvent } from '@tandem/contracts';
import { ASKED_LEASE_MS, LEFT_LEASE_MS, LOST_GRACE_MS, RETURN_LEASE_MS } from '../admission-record.ts';

/**
 * What a fact does to its call beside being in the log, as one word for the scripts; '' for most. The log is
 * the one place where a call is ended, put through or taken back, so that what is known and what holds cannot
 * differ.
 */
export function transitionOf(fact: NewCallEvent): string {
  switch (fact.type) {
    case 'call.ended':
      return `ended:${fact.data.termination.reason}`;
    case 'transfer.asked':
      return 'transferring';
    case 'transfer.ended':
      return fact.data.outcome === 'bridged' ? '' : 'connected';
    case 'stream.detached':
      return fact.data.reason === 'moved' ? 'moved' : '';
    case 'carrier.reported':
      return isFinalStatus(fact.data.status) ? 'left' : '';
    default:
      return '';
  }
}

/** Ms that marks give a call, as the scripts take them: [asked, return, left]. */
export const TRANSITION_LEASES: readonly number[] = [
  ASKED_LEASE_MS,
  RETURN_LEASE_MS,
  LEFT_LEASE_MS - LOST_GRACE_MS,
];

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
