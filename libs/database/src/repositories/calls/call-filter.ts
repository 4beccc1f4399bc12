import { isE164, writtenForms } from '@tandem/contracts';
import type { SelectQueryBuilder } from 'typeorm';
import type { CallFilter } from '../../entities/stored-call.ts';
import type { CallRow } from '../../entities/call.entities.ts';

const partyForms = (party: string): string[] => (isE164(party) ? writtenForms(party) : [party]);

const EXACT = [
  'status',
  'refusalReason',
  'variantKey',
  'callerGroup',
  'language',
  'agentId',
  'agentVersion',
  'channel',
  'direction',
] as const;

/** Conditions of one value, by the name of the filter, which is the name of the parameter too. */
const CONDITIONS = {
  since: 'call.admittedAt >= :since',
  until: 'call.admittedAt < :until',
  minDurationMs: 'call.durationMs >= :minDurationMs',
  maxDurationMs: 'call.durationMs <= :maxDurationMs',
  minCostMicros: 'call.costMicros >= :minCostMicros',
  termination: '(call.terminationReason = :termination OR call.terminationClass = :termination)',
  // Narrowed by index first; what was corrected since does not match any more.
  outcome:
    'call.id IN (SELECT d.call_id FROM dispositions d WHERE d.tenant_id = :tenantId AND d.outcome = ' +
    ':outcome UNION ALL SELECT c.call_id FROM disposition_corrections c WHERE c.tenant_id = :tenantId AND ' +
    'c.outcome = :outcome) AND coalesce((SELECT c.outcome FROM disposition_corrections c WHERE c.call_id = ' +
    'call.id ORDER BY c.id DESC LIMIT 1), :outcome) = :outcome',
  tag: 'EXISTS (SELECT 1 FROM call_tags t WHERE t.call_id = call.id AND t.tag = :tag)',
  hasRecording: 'EXISTS (SELECT 1 FROM recordings r WHERE r.call_id = call.id) = :hasRecording',
  interruptedAtLeast:
    '(SELECT count(*) FROM utterances u WHERE u.call_id = call.id AND u.interrupted) >= :interruptedAtLeast',
  toolFailed:
    "EXISTS (SELECT 1 FROM tool_calls t WHERE t.call_id = call.id AND t.status IN ('failed', 'timed-out')) " +
    '= :toolFailed',
} as const satisfies Partial<Record<keyof CallFilter, string>>;

/** Narrows the query to the calls the filter matches. */
export function narrow(matching: SelectQueryBuilder<CallRow>, filter: CallFilter): void {
  const { from, to, search } = filter;
  for (const name of EXACT)
    if (filter[name] !== undefined) matching.andWhere(`call.${name} = :${name}`, { [name]: filter[name] });
  for (const [name, condition] of Object.entries(CONDITIONS)) {
    const value = filter[name as keyof typeof CONDITIONS];
    if (value !== undefined) matching.andWhere(condition, { [name]: value });
  }
  if (from) matching.andWhere('call.fromNumber IN (:...from)', { from: partyForms(from) });
  if (to) matching.andWhere('call.toNumber IN (:...to)', { to: partyForms(to) });
  if (search !== undefined) narrowToFound(matching, search);
}

const FEWEST_DIGITS = 4;
/** The party on the other side, as the index has it. */
const OTHER_PARTY = "CASE call.direction WHEN 'outbound' THEN call.to_number ELSE call.from_number END";

/** Narrows to calls with a part of the other party's number, of this id, or that made this booking. */
function narrowToFound(matching: SelectQueryBuilder<CallRow>, search: string): void {
  const ways = [
    'call.id = (SELECT b.call_id FROM bookings b WHERE b.tenant_id = :tenantId AND b.reference = :reference)',
  ];
  matching.setParameter('reference', search.replaceAll(/[\s.-]/g, '').toUpperCase());
  const range = idsOf(search);
  if (range) {
    ways.push('call.id BETWEEN :firstId AND :lastId');
    matching.setParameters(range);
  }
  const digits = digitsOf(search);
  if (digits !== null) {
    ways.push(
      `(digit_runs_of(${OTHER_PARTY}) @> digit_runs_of(:digits) ` +
        `AND digits_of(${OTHER_PARTY}) LIKE :partOfNumber)`,
    );
    matching.setParameters({ digits, partOfNumber: `%${digits}%` });
  }
  matching.andWhere(`(${ways.join(' OR ')})`);
}

/** Returns the digits of a part of a number in any spelling; null where it is none, or too short. */
function digitsOf(search: string): string | null {
  if (!/^[\d\s()+./-]+$/.test(search)) return null;
  const digits = search.replaceAll(/\D/g, '');
  return digits.length >= FEWEST_DIGITS ? digits : null;
}

/** Returns the first and last id that begin like this; null where no id does. */
function idsOf(search: string): { readonly firstId: string; readonly lastId: string } | null {
  const given = search.trim().toLowerCase();
  if (!/^[0-9a-f]{4}[0-9a-f-]*$/.test(given)) return null;
  const hex = given.replaceAll('-', '');
  if (hex.length > 32) return null;
  const id = (filler: string) =>
    hex.padEnd(32, filler).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
  return { firstId: id('0'), lastId: id('f') };
}
