import { script, SET_NOW } from './script.ts';

/*
 * Counts an attempt to sign in, as failed until it is taken back: attempts in parallel are counted too. Past
 * some free ones, each doubles the time until the next.
 *
 * KEYS  sign-in:<kind>:<hash>, each with
 * ARGV  free      attempts without a delay
 *       firstMs   the first delay
 *       mostMs    the longest delay
 *       keepMs    how long attempts are remembered
 * Returns 0, or ms until the next attempt is allowed: nothing is counted then.
 */
export const takeAttempt = script(
  null,
  `
${SET_NOW}
local wait = 0
for _, key in ipairs(KEYS) do
  wait = math.max(wait, tonumber(redis.call('HGET', key, 'next') or '0') - now)
end
if wait > 0 then return math.ceil(wait) end
for index, key in ipairs(KEYS) do
  local at = (index - 1) * 4
  local free, firstMs = tonumber(ARGV[at + 1]), tonumber(ARGV[at + 2])
  local failures = redis.call('HINCRBY', key, 'failures', 1)
  local delay = 0
  if failures > free then delay = math.min(tonumber(ARGV[at + 3]), firstMs * 2 ^ (failures - free - 1)) end
  redis.call('HSET', key, 'next', string.format('%.0f', now + delay))
  redis.call('PEXPIRE', key, ARGV[at + 4])
end
return 0
`,
);

/*
 * Takes one attempt back. A delay stays while failures beyond the free ones stay: one good account does not
 * clear the way for attempts at others.
 *
 * KEYS  sign-in:<kind>:<hash>
 * ARGV  free, for each
 */
export const takeBackAttempt = script(
  null,
  `
for index, key in ipairs(KEYS) do
  local failures = tonumber(redis.call('HGET', key, 'failures') or '0')
  if failures <= 1 then
    redis.call('DEL', key)
  else
    redis.call('HSET', key, 'failures', failures - 1)
    if failures - 1 <= tonumber(ARGV[index]) then redis.call('HSET', key, 'next', '0') end
  end
end
return 0
`,
);
