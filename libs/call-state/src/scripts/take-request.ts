import { script, SET_NOW } from './script.ts';

/*
 * Counts one request of an API key, unless its quota is used up. The quota fills again evenly over its
 * window (generic cell rate algorithm): the key holds the time at which it is full.
 *
 * KEYS  requests:<apiKeyId>
 * ARGV  quota     requests in a window
 *       windowMs
 * Returns whether the request is allowed (1, 0), how many are left, ms until the quota is full again, and ms
 * until the next request is allowed.
 */
export const takeRequest = script(
  1,
  `
${SET_NOW}
local quota, windowMs = tonumber(ARGV[1]), tonumber(ARGV[2])
local each = windowMs / quota
local fullAt = math.max(tonumber(redis.call('GET', KEYS[1]) or '0'), now)
local nextFullAt = fullAt + each
if nextFullAt - now > windowMs then
  return {0, 0, math.ceil(fullAt - now), math.ceil(nextFullAt - windowMs - now)}
end
redis.call('SET', KEYS[1], string.format('%.3f', nextFullAt), 'PX', math.ceil(nextFullAt - now) + 1000)
return {1, math.floor((windowMs - (nextFullAt - now)) / each), math.ceil(nextFullAt - now), 0}
`,
);
