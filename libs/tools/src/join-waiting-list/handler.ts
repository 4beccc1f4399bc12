import type { ToolOutcome } from '@tandem/contracts';
import { DateTime } from 'luxon';
import { badPhone, phoneNeeded, phoneOf } from '../caller-phone.ts';
import type { CrmProblem } from '../crm/crm-http.ts';
import { availabilitySchema, waitingSchema, type Slot } from '../crm/crm-responses.ts';
import { outcomeOf, refused } from '../crm/outcome.ts';
import { explainUnknownService } from '../crm/unknown-service.ts';
import { toOfferedSlot } from '../offer.ts';
import { spokenDay } from '../spoken.ts';
import { handle, type ToolRunContext } from '../tool-handler.ts';
import { joinWaitingList } from './declaration.ts';

const NOTHING = 'The caller is not on the waiting list.';
/** The most days from the first to the last. */
const MOST_DAYS = 84;
/** Days that crm-api answers at once. */
const DAYS_AT_ONCE = 14;
const MAX_OFFERS = 3;

interface Wanted {
  readonly service: string;
  readonly from: string;
  readonly until: string;
  readonly partOfDay?: 'morning' | 'afternoon' | 'any' | undefined;
  readonly zone?: string | undefined;
}

/**
 * Puts the caller on the list under the tool call's id, unless a time that suits them is free: those are not
 * offered to people who wait.
 */
export const joinWaitingListHandler = handle(joinWaitingList, async ({ phone, ...input }, context) => {
  const faulty = faultOf(input);
  if (faulty) return faulty;
  const contactPhone = phoneOf(context, phone);
  if (contactPhone === null) return badPhone(NOTHING);
  if (contactPhone === undefined) return phoneNeeded(NOTHING);
  const free = await freeTimes(input, context);
  if (!Array.isArray(free)) return free;
  if (free.length > 0) return refused('times-free', offerFree(free, context.language));
  const answer = await context.crm.ask(context, {
    method: 'POST',
    path: '/v1/waiting-list',
    body: { ...input, contactPhone },
    idempotencyKey: context.toolCallId,
    answer: waitingSchema,
  });
  if (answer.kind !== 'ok') return outcomeOf(answer, explain);
  const { service, from, until } = answer.value;
  const [first, last] = [from, until].map((date) => spokenDay(date, context.language));
  const spoken = from === until ? `${first}` : `${first} – ${last}`;
  return { status: 'ok', value: { waiting: true, service: service.name, from, until, spoken } };
});

function faultOf({ from, until }: Wanted): ToolOutcome | null {
  const days = DateTime.fromISO(until).diff(DateTime.fromISO(from), 'days').days + 1;
  if (days < 1) return refused('bad-arguments', `Wrong arguments: until must not be before from. ${NOTHING}`);
  if (days <= MOST_DAYS) return null;
  return refused(
    'too-many-days',
    `These are more than ${MOST_DAYS} days. ${NOTHING} Ask for the days that suit best and call again.`,
  );
}

/** Returns the free times of the first days wanted that have any; or why they are not known. */
async function freeTimes(
  { service, from, until, partOfDay, zone }: Wanted,
  context: ToolRunContext,
): Promise<Slot[] | ToolOutcome> {
  for (let date = from; date <= until; date = later(date, DAYS_AT_ONCE)) {
    const last = later(date, DAYS_AT_ONCE - 1);
    const answer = await context.crm.ask(context, {
      method: 'GET',
      path: '/v1/availability',
      query: { service, date, to: last < until ? last : until, partOfDay, zone },
      answer: availabilitySchema,
    });
    if (answer.kind !== 'ok') return outcomeOf(answer, explain);
    if (answer.value.slots.length > 0) return answer.value.slots;
  }
  return [];
}

const later = (date: string, days: number): string => DateTime.fromISO(date).plus({ days }).toISODate() ?? '';

function offerFree(slots: readonly Slot[], language: string): string {
  const listed = slots
    .slice(0, MAX_OFFERS)
    .map((slot) => toOfferedSlot(slot, language))
    .map(({ spoken, resource, start }) => `${spoken} with ${resource} (start ${start})`)
    .join('; ');
  return (
    `There are free times on these days. ${NOTHING} Offer these: ${listed}. If none of them suits, call ` +
    'again with the days or the part of the day that do.'
  );
}

function explain(problem: CrmProblem): string {
  switch (problem.code) {
    case 'in-the-past':
      return `These days are over. ${NOTHING} Ask for later days.`;
    case 'zone-not-served':
      return `Nobody who does this goes to that zone. ${NOTHING} Say so, and offer to take a message.`;
    case 'waiting-list-full':
      return `Too many people wait already. ${NOTHING} Offer that a colleague calls back.`;
    default:
      return explainUnknownService(problem);
  }
}
