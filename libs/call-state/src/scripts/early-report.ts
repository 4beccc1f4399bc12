import { script } from './script.ts';

/*
 * Finds the call a carrier's report is about; where there is none yet, keeps the report for when there is.
 * One step, so that a report is never kept behind the back of an admission that has already looked.
 *
 * KEYS[1] carrier:<carrierCallId> ARGV[1] the report, no spaces ARGV[2] seconds it is kept ARGV[3] reports
 * kept at most ARGV[4] '1' when it says that the call is over
 *
 * Returns the callId, or '' when the report was kept or there are too many
 */
export const callOrKeepReport = script(
  1,
  `
local fields = redis.call('HMGET', KEYS[1], 'call', 'answer', 'early')
if fields[1] then return fields[1] end
if fields[2] then return '' end
if ARGV[4] == '1' then
  redis.call('HSET', KEYS[1], 'gone', '1')
  redis.call('EXPIRE', KEYS[1], ARGV[2])
end
local early = fields[3] or ''
local _, count = string.gsub(early, ' ', '')
if count >= tonumber(ARGV[3]) or string.find(early, ARGV[1] .. ' ', 1, true) then return '' end
redis.call('HSET', KEYS[1], 'early', early .. ARGV[1] .. ' ')
redis.call('EXPIRE', KEYS[1], ARGV[2])
return ''
`,
);
