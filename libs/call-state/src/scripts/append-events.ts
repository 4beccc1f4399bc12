import { APPLY_MARK } from './call-mark.ts';
import { script } from './script.ts';

/*
 * Appends the owner's next events, each once: what is at or below lastSeq is there already, what comes from an older
 * epoch is refused. Marks are carried out in the same step.
 *
 * KEYS[1] call:<callId>   KEYS[2] call:<callId>:events   KEYS[3] calls:live
 * ARGV[1] epoch   ARGV[2] callId   ARGV[3] seconds the keys live   ARGV[4…6] MARK_LEASES
 * ARGV[7…] seq, sealed event and mark, in threes, ascending
 *
 * Returns {'stored', lastSeq} | {'fenced', 0} | {'unknown', 0}
 */
export const appendEvents = script(
  3,
  `${APPLY_MARK}
local call = redis.call('HMGET', KEYS[1], 'epoch', 'lastSeq')
if not call[1] then return {'unknown', 0} end
if tonumber(ARGV[1]) < tonumber(call[1]) then return {'fenced', 0} end
local last = tonumber(call[2])
for index = 7, #ARGV, 3 do
  local seq = tonumber(ARGV[index])
  if seq > last then
    redis.call('XADD', KEYS[2], '*', 'e', ARGV[1], 's', seq, 'p', ARGV[index + 1])
    mark(KEYS[1], KEYS[3], ARGV[2], ARGV[index + 2], ARGV[index + 1], ARGV[4], ARGV[5], ARGV[6])
    last = seq
  end
end
redis.call('HSET', KEYS[1], 'lastSeq', last)
redis.call('EXPIRE', KEYS[1], ARGV[3])
redis.call('EXPIRE', KEYS[2], ARGV[3])
return {'stored', last}
`,
);

/*
 * Adds one event of the ingress or a worker, once per its own name, with its mark.
 *
 * KEYS[1] call:<callId>   KEYS[2] call:<callId>:events   KEYS[3] calls:live
 * ARGV[1] name of the event, unique in the call   ARGV[2] sealed event   ARGV[3] mark   ARGV[4] callId
 * ARGV[5…7] MARK_LEASES
 *
 * Returns 'stored' | 'repeat' | 'unknown' | 'ended' (a second ending is refused)
 */
export const addForeignEvent = script(
  3,
  `${APPLY_MARK}
local status = redis.call('HGET', KEYS[1], 'status')
if not status then return 'unknown' end
if string.sub(ARGV[3], 1, 6) == 'ended:' and status == 'ended' then return 'ended' end
if redis.call('HSETNX', KEYS[1], 'seen:' .. ARGV[1], 1) == 0 then return 'repeat' end
redis.call('XADD', KEYS[2], '*', 'e', 0, 's', 0, 'p', ARGV[2])
mark(KEYS[1], KEYS[3], ARGV[4], ARGV[3], ARGV[2], ARGV[5], ARGV[6], ARGV[7])
return 'stored'
`,
);
