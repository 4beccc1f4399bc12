import { availabilitySchema } from '../crm/crm-responses.ts';
import { outcomeOf } from '../crm/outcome.ts';
import { explainUnknownService } from '../crm/unknown-service.ts';
import { toOfferedSlot } from '../offer.ts';
import { localToday, spokenDay } from '../spoken.ts';
import { handle } from '../tool-handler.ts';
import { checkAvailability } from './declaration.ts';

/** Reasons that the next day does not mend. */
const FINAL_REASONS = new Set(['too-far-ahead', 'zone-not-served']);

/** Times offered to the model. */
const MAX_OFFERS = 6;

export const checkAvailabilityHandler = handle(checkAvailability, async (input, context) => {
  const answer = await context.crm.ask(context, {
    method: 'GET',
    path: '/v1/availability',
    query: input,
    answer: availabilitySchema,
  });
  if (answer.kind !== 'ok') return outcomeOf(answer, explainUnknownService);
  const { service, date, slots, unavailable } = answer.value;
  const offers = spread(slots, MAX_OFFERS).map((slot) => toOfferedSlot(slot, context.language));
  return {
    status: 'ok',
    value: {
      service: service.key,
      date,
      slots: offers,
      ...(unavailable === null ? {} : { explanation: explain(unavailable, context) }),
      ...(slots.length > offers.length
        ? {
            note:
              `${slots.length} times are free that day; these are spread over it. Ask for morning or ` +
              'afternoon to see more.',
          }
        : {}),
    },
  };
});

/** Returns up to this many of the times: the first, the last, and the rest evenly between. */
function spread<Item>(items: readonly Item[], count: number): Item[] {
  if (items.length <= count) return [...items];
  return Array.from(
    { length: count },
    (_, index) => items[Math.round((index * (items.length - 1)) / (count - 1))],
  ).filter((item) => item !== undefined);
}

function explain(
  unavailable: { code: string; detail: string; nextDate: string | null },
  context: { language: string; timeZone: string },
): string {
  const today = localToday(context.timeZone, Date.now());
  const sayDay = (date: string) => `${spokenDay(date, context.language)} (${date})`;
  // The model may have miscounted days, or guessed a year.
  const reminder =
    unavailable.code === 'in-the-past' || unavailable.code === 'too-far-ahead'
      ? ` Today is ${sayDay(today)}.`
      : '';
  const next =
    unavailable.nextDate === null
      ? ' No free day in the week after it either; offer that a colleague calls back.'
      : ` The next day with free times is ${sayDay(unavailable.nextDate)}.`;
  return `${unavailable.detail}${reminder}${FINAL_REASONS.has(unavailable.code) ? '' : next}`;
}
