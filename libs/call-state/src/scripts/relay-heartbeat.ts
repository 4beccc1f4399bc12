import { script } from './script.ts';

/*
 * Renews a relay's lease and those of its calls. A call's lease is never made shorter: one that was let go meanwhile has
 * been given a longer one.
 *
 * KEYS[1] relay:<relayId>   KEYS[2] relays   KEYS[3] calls:live
 * ARGV[1] relayId   ARGV[2] ms the lease lasts   ARGV[3] address   ARGV[4] capacity   ARGV[5] active calls
 * ARGV[6] '1' while draining, else '0'   ARGV[7…] callIds held
 *
 * Returns 0
 */
export const relayHeartbeat = script(
  3,
  `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local lease = tonumber(ARGV[2])
redis.call('HSET', KEYS[1], 'address', ARGV[3], 'capacity', ARGV[4], 'active', ARGV[5], 'draining', ARGV[6])
redis.call('PEXPIRE', KEYS[1], lease)
redis.call('ZADD', KEYS[2], now, ARGV[1])
for index = 7, #ARGV do redis.call('ZADD', KEYS[3], 'XX', 'GT', now + lease, ARGV[index]) end
return 0
`,
);
