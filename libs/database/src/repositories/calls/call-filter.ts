import { isE164, writtenForms } from '@tandem/contracts';
import type { SelectQueryBuilder } from 'typeorm';
import type { CallFilter } from '../../entities/stored-call.ts';
import type { CallRow } from '../../entities/call.entities.ts';

const partyForms = (party: string): string[] => (isE164(party) ? writtenForms(party) : [party]);

const EXACT = ['status', 'refusalReason', 'variantKey', 'callerGroup', 'language'] as const;

/** Narrows the query to the calls the filter matches. */
export function narrow(matching: SelectQueryBuilder<CallRow>, filter: CallFilter): void {
  const { from, to, since, until } = filter;
  for (const name of EXACT)
    if (filter[name]) matching.andWhere(`call.${name} = :${name}`, { [name]: filter[name] });
  if (from) matching.andWhere('call.fromNumber IN (:...from)', { from: partyForms(from) });
  if (to) matching.andWhere('call.toNumber IN (:...to)', { to: partyForms(to) });
  if (since) matching.andWhere('call.admittedAt >= :since', { since });
  if (until) matching.andWhere('call.admittedAt < :until', { until });
}
