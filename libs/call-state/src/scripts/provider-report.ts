import { script } from './script.ts';

/*
 * Takes down how one provider did, for all processes, and says how it stands. The same rules as
 * provider-circuit.ts.
 *
 * KEYS[1] provider:<target> ARGV[1] 'open' or 'answer' ARGV[2] weight of the failure, 0 for a success ARGV[3]
 * threshold ARGV[4] ms a failure counts ARGV[5] ms the circuit opens ARGV[6] the longest ARGV[7] ms the key
 * lives
 *
 * Returns {now, openUntil (0 when closed), failures of opens, failures of answers, limitedUntil}; times in ms
 * of Redis
 */
export const reportProvider = script(
  1,
  `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local fields = redis.call('HMGET', KEYS[1], 'open', 'answer', 'failedAt', 'openUntil', 'openedBy', 'trips', 'limitedUntil')
local failures = {open = tonumber(fields[1] or 0), answer = tonumber(fields[2] or 0)}
local openUntil = tonumber(fields[4] or 0)
local act = ARGV[1]
local weight = tonumber(ARGV[2])
if weight == 0 then
  failures[act] = math.floor(failures[act] / 2)
  if openUntil > 0 and now >= openUntil and fields[5] == act then
    openUntil = 0
    failures = {open = 0, answer = 0}
    redis.call('HSET', KEYS[1], 'trips', 0)
  end
elseif now >= openUntil then
  if now - tonumber(fields[3] or 0) > tonumber(ARGV[4]) then failures[act] = 0 end
  failures[act] = failures[act] + weight
  redis.call('HSET', KEYS[1], 'failedAt', now)
  if openUntil > 0 or failures[act] >= tonumber(ARGV[3]) then
    local trips = tonumber(fields[6] or 0)
    openUntil = now + math.min(tonumber(ARGV[6]), tonumber(ARGV[5]) * 2 ^ trips)
    failures[act] = 0
    redis.call('HSET', KEYS[1], 'trips', trips + 1, 'openedBy', act)
  end
end
redis.call('HSET', KEYS[1], 'open', failures.open, 'answer', failures.answer, 'openUntil', openUntil)
redis.call('PEXPIRE', KEYS[1], ARGV[7])
return {now, openUntil, failures.open, failures.answer, tonumber(fields[7] or 0)}
`,
);

/*
 * Takes down what is left of a provider's budgets.
 *
 * KEYS[1] provider:<target>
 * ARGV[1] ms until enough is there again, 0 when there is enough   ARGV[2] ms the key lives
 * ARGV[3…] name, limit, remaining, in threes
 *
 * Returns limitedUntil, in ms of Redis
 */
export const reportProviderLimits = script(
  1,
  `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local until_ = 0
if tonumber(ARGV[1]) > 0 then until_ = now + tonumber(ARGV[1]) end
redis.call('HSET', KEYS[1], 'limitedUntil', until_)
for index = 3, #ARGV, 3 do
  redis.call('HSET', KEYS[1], 'limit:' .. ARGV[index], ARGV[index + 1], 'remaining:' .. ARGV[index], ARGV[index + 2])
end
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return until_
`,
);

/*
 * One process at a time tries a provider whose circuit is half open.
 *
 * KEYS[1] provider:<target>
 * ARGV[1] ms the others wait
 *
 * Returns 1 when the caller may try, else 0
 */
export const takeProviderProbe = script(
  1,
  `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
if now < tonumber(redis.call('HGET', KEYS[1], 'probeUntil') or 0) then return 0 end
redis.call('HSET', KEYS[1], 'probeUntil', now + tonumber(ARGV[1]))
return 1
`,
);
