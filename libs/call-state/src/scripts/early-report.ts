import { script } from './script.ts';

/*
 * Finds the call of a carrier's report, or keeps the report until the call is admitted. One step, so that no
 * report is kept after the admission has read those that are.
 *
 * KEYS  carrier:<carrierCallId>
 * ARGV  report       no spaces
 *       ttlS         seconds it is kept
 *       mostReports  reports kept
 *       isFinal      '1' when it says that the call is over
 *
 * Returns the callId, or '' when the report was kept or there are too many
 */
export const callOrKeepReport = script(
  1,
  `
local carrierKey = KEYS[1]
local report, ttlS, mostReports, isFinal = ARGV[1], ARGV[2], tonumber(ARGV[3]), ARGV[4] == '1'
local carrier = redis.call('HMGET', carrierKey, 'call', 'answer', 'early')
local callId, answer, early = carrier[1], carrier[2], carrier[3] or ''
if callId then return callId end
if answer then return '' end
if isFinal then
  redis.call('HSET', carrierKey, 'gone', '1')
  redis.call('EXPIRE', carrierKey, ttlS)
end
local _, count = string.gsub(early, ' ', '')
if count >= mostReports or string.find(early, report .. ' ', 1, true) then return '' end
redis.call('HSET', carrierKey, 'early', early .. report .. ' ')
redis.call('EXPIRE', carrierKey, ttlS)
return ''
`,
);
