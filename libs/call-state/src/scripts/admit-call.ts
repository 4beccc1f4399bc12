import { script } from './script.ts';

/*
 * Admits a call once, however often the carrier asks.
 *
 * KEYS[1] carrier:<carrierCallId>   KEYS[2] call:<callId>          KEYS[3] call:<callId>:events
 * KEYS[4] calls:live                KEYS[5] relay:<relayId>        KEYS[6] relay:<relayId>:reserved
 * ARGV[1] answer to keep for repeats          ARGV[2] callId       ARGV[3] tenantId
 * ARGV[4] sealed record             ARGV[5] sealed call.admitted event
 * ARGV[6] ms the reservation and the wait for the stream may last  ARGV[7] seconds the keys live
 * ARGV[8] relayId
 *
 * Returns {'new', ''}      admitted, ARGV[1] kept
 *         {'repeat', answer} admitted before; the answer given then
 *         {'left', ''}     it has waited, and its caller has gone: that is on record already, or about to be
 *         {'gone', ''}     the relay's lease has ended or it drains
 *         {'full', ''}     the relay has no room left, or its caller would rather be called back
 */
export const admitCall = script(
  6,
  `
local carrier = redis.call('HMGET', KEYS[1], 'answer', 'waits', 'gone', 'waitsAs')
if carrier[1] then return {'repeat', carrier[1]} end
if carrier[2] and carrier[3] then return {'left', ''} end
if carrier[4] == 'callback-requested' then return {'full', ''} end
local lease = redis.call('HMGET', KEYS[5], 'capacity', 'active', 'draining')
if not lease[1] or lease[3] == '1' then return {'gone', ''} end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('ZREMRANGEBYSCORE', KEYS[6], '-inf', now)
if tonumber(lease[2]) + redis.call('ZCARD', KEYS[6]) >= tonumber(lease[1]) then return {'full', ''} end
local until_ = now + tonumber(ARGV[6])
redis.call('ZADD', KEYS[6], until_, ARGV[2])
redis.call('PEXPIRE', KEYS[6], ARGV[6])
redis.call('HSET', KEYS[1], 'answer', ARGV[1], 'call', ARGV[2])
redis.call('EXPIRE', KEYS[1], ARGV[7])
redis.call('HSET', KEYS[2], 'tenant', ARGV[3], 'record', ARGV[4], 'status', 'admitted', 'epoch', 0, 'minted', 1, 'offered', ARGV[8], 'lastSeq', 0, 'admittedAt', now)
redis.call('EXPIRE', KEYS[2], ARGV[7])
redis.call('XADD', KEYS[3], '*', 'e', 0, 's', 0, 'p', ARGV[5])
redis.call('EXPIRE', KEYS[3], ARGV[7])
redis.call('ZADD', KEYS[4], until_, ARGV[2])
return {'new', ''}
`,
);
