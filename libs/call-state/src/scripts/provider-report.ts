import { script, SET_NOW } from './script.ts';

/*
 * Records how one attempt at a provider went, for all processes, and returns the provider's state. The same
 * rules as provider-circuit.ts.
 *
 * KEYS  provider:<target>
 * ARGV  act         'open' or 'answer'
 *       weight      of the failure, 0 for a success
 *       threshold
 *       windowMs    how long a failure counts
 *       openMs      how long the circuit opens first
 *       longestMs   how long it opens at most
 *       ttlMs       how long the key lives
 *
 * Returns {now, openUntil (0 when closed), failures of opens, failures of answers, limitedUntil}; times in ms
 * of Redis
 */
export const reportProvider = script(
  1,
  `
local providerKey = KEYS[1]
local act, weight, threshold, windowMs = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local openMs, longestMs, ttlMs = tonumber(ARGV[5]), tonumber(ARGV[6]), ARGV[7]
${SET_NOW}
local provider = redis.call('HMGET', providerKey, 'open', 'answer', 'failedAt', 'openUntil', 'openedBy',
  'trips', 'limitedUntil')
local failures = {open = tonumber(provider[1] or 0), answer = tonumber(provider[2] or 0)}
local failedAt, openUntil, openedBy = tonumber(provider[3] or 0), tonumber(provider[4] or 0), provider[5]
local trips, limitedUntil = tonumber(provider[6] or 0), tonumber(provider[7] or 0)
if weight == 0 then
  failures[act] = math.floor(failures[act] / 2)
  if openUntil > 0 and now >= openUntil and openedBy == act then
    openUntil = 0
    failures = {open = 0, answer = 0}
    redis.call('HSET', providerKey, 'trips', 0)
  end
elseif now >= openUntil then
  if now - failedAt > windowMs then failures[act] = 0 end
  failures[act] = failures[act] + weight
  redis.call('HSET', providerKey, 'failedAt', now)
  if openUntil > 0 or failures[act] >= threshold then
    openUntil = now + math.min(longestMs, openMs * 2 ^ trips)
    failures[act] = 0
    redis.call('HSET', providerKey, 'trips', trips + 1, 'openedBy', act)
  end
end
redis.call('HSET', providerKey, 'open', failures.open, 'answer', failures.answer, 'openUntil', openUntil)
redis.call('PEXPIRE', providerKey, ttlMs)
return {now, openUntil, failures.open, failures.answer, limitedUntil}
`,
);

/*
 * Records what remains of a provider's budgets.
 *
 * KEYS  provider:<target>
 * ARGV  limitedMs   ms until enough is there again, 0 when there is enough
 *       ttlMs       how long the key lives
 *       then in threes: name, limit, remaining
 *
 * Returns limitedUntil, in ms of Redis
 */
export const reportProviderLimits = script(
  1,
  `
local providerKey = KEYS[1]
local limitedMs, ttlMs = tonumber(ARGV[1]), ARGV[2]
${SET_NOW}
local limitedUntil = 0
if limitedMs > 0 then limitedUntil = now + limitedMs end
redis.call('HSET', providerKey, 'limitedUntil', limitedUntil)
for index = 3, #ARGV, 3 do
  local name, limit, remaining = ARGV[index], ARGV[index + 1], ARGV[index + 2]
  redis.call('HSET', providerKey, 'limit:' .. name, limit, 'remaining:' .. name, remaining)
end
redis.call('PEXPIRE', providerKey, ttlMs)
return limitedUntil
`,
);

/*
 * Lets one process at a time probe a provider whose circuit is half open.
 *
 * KEYS  provider:<target>
 * ARGV  othersWaitMs
 *
 * Returns 1 when the calling process may probe, else 0
 */
export const takeProviderProbe = script(
  1,
  `
local providerKey, othersWaitMs = KEYS[1], tonumber(ARGV[1])
${SET_NOW}
if now < tonumber(redis.call('HGET', providerKey, 'probeUntil') or 0) then return 0 end
redis.call('HSET', providerKey, 'probeUntil', now + othersWaitMs)
return 1
`,
);
