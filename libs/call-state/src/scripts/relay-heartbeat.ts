import { script, SET_NOW } from './script.ts';

/*
 * Renews a relay's lease and those of the calls it owns, and returns the state of each call. A call's lease
 * is never shortened: a call that was released meanwhile has a longer one. A call with another owner is not
 * renewed, nor one that has been offered to another relay: the carrier is closing, or has closed, the stream
 * of this one.
 *
 * KEYS  relay:<relayId>, relays, calls:live, then call:<callId> in the order of the arguments
 * ARGV  relayId
 *       leaseMs       how long the lease lasts
 *       address
 *       capacity
 *       active        calls
 *       isDraining    '1' or '0'
 *       isOverloaded  '1' or '0'
 *       revision      of the release this relay is of; may be empty
 *       startedAt     Unix time in ms
 *       audioSocket   host:port; may be empty
 *       then in threes: callId, epoch, and '1' while held ('0': over, and not known to be in Postgres)
 *
 * Returns for each call its lastSeq, or -1 unknown or of an older epoch, -2 a newer owner is there or on its
 * way, -3 in Postgres
 */
export const relayHeartbeat = script(
  null,
  `
local relayKey, relaysKey, liveKey, FIRST_CALL = KEYS[1], KEYS[2], KEYS[3], 4
local relayId, leaseMs, address, capacity = ARGV[1], tonumber(ARGV[2]), ARGV[3], ARGV[4]
local active, isDraining, isOverloaded, revision, startedAt = ARGV[5], ARGV[6], ARGV[7], ARGV[8], ARGV[9]
local audioSocket = ARGV[10]
local FIRST, WIDTH = 11, 3
${SET_NOW}
redis.call('HSET', relayKey, 'address', address, 'capacity', capacity, 'active', active,
  'draining', isDraining, 'strained', isOverloaded, 'revision', revision, 'startedAt', startedAt,
  'audioSocket', audioSocket)
redis.call('PEXPIRE', relayKey, leaseMs)
redis.call('ZADD', relaysKey, now, relayId)
local replies = {}
for index = FIRST, #ARGV, WIDTH do
  local callId, epoch, isHeld = ARGV[index], tonumber(ARGV[index + 1]), ARGV[index + 2] == '1'
  local number = (index - FIRST) / WIDTH
  local callKey = KEYS[FIRST_CALL + number]
  local call = redis.call('HMGET', callKey, 'epoch', 'lastSeq', 'status', 'persisted', 'minted')
  local owner, lastSeq, hasEnded = tonumber(call[1] or -1), tonumber(call[2]), call[3] == 'ended'
  local isPersisted, offered = call[4], call[5]
  local newest = owner
  if offered and not hasEnded then newest = math.max(owner, tonumber(offered)) end
  local reply
  if isPersisted then reply = -3
  elseif newest > epoch then reply = -2
  elseif owner < epoch then reply = -1
  else
    reply = lastSeq
    if isHeld and not hasEnded then redis.call('ZADD', liveKey, 'GT', now + leaseMs, callId) end
  end
  replies[number + 1] = reply
end
return replies
`,
);
