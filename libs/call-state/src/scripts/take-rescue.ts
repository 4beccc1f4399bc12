import { script } from './script.ts';

/*
 * One of many who have seen that a call's relay has gone silent takes it upon itself to bring the caller to
 * another one.
 *
 * KEYS[1] call:<callId>   KEYS[2] calls:live
 * ARGV[1] callId   ARGV[2] ms the lease must have been over   ARGV[3] ms the others wait
 *
 * Returns the epoch of the silent owner, or 0 when the call needs no rescue: it is renewed, over, with a
 * person, on its way to another relay, or somebody else is at it
 */
export const takeRescue = script(
  2,
  `
local call = redis.call('HMGET', KEYS[1], 'status', 'epoch', 'minted', 'rescueUntil', 'left')
if call[1] ~= 'connected' or call[2] ~= call[3] or call[5] then return 0 end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local lease = redis.call('ZSCORE', KEYS[2], ARGV[1])
if not lease or tonumber(lease) > now - tonumber(ARGV[2]) or now < tonumber(call[4] or 0) then return 0 end
redis.call('HSET', KEYS[1], 'rescueUntil', string.format('%.0f', now + tonumber(ARGV[3])))
return tonumber(call[2])
`,
);
