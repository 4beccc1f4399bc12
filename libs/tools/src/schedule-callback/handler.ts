import { shownNumber } from '@tandem/contracts';
import { DateTime } from 'luxon';
import { badPhone, phoneNeeded, phoneOf } from '../caller-phone.ts';
import type { CrmProblem } from '../crm/crm-http.ts';
import { dayHoursSchema, staffMessageSchema } from '../crm/crm-responses.ts';
import { outcomeOf, refused } from '../crm/outcome.ts';
import { spokenTime } from '../spoken.ts';
import { handle } from '../tool-handler.ts';
import { scheduleCallback } from './declaration.ts';

const NOTHING = 'No callback is planned.';

/**
 * Leaves a request for a callback under the tool call's id. The time is local to the business, and lies in
 * the opening hours of the number that was called.
 */
export const scheduleCallbackHandler = handle(scheduleCallback, async (input, context) => {
  const { date, from, until, about, phone, ...rest } = input;
  if (until !== undefined && until <= from)
    return refused('bad-arguments', `Wrong arguments: until must be later than from. ${NOTHING}`);
  const contactPhone = phoneOf(context, phone);
  if (contactPhone === null) return badPhone(NOTHING);
  if (contactPhone === undefined) return phoneNeeded(NOTHING);
  const answer = await context.crm.ask(context, {
    method: 'POST',
    path: '/v1/staff-messages',
    body: {
      ...rest,
      body: about,
      contactPhone,
      callbackAt: { date, from, until },
      calledNumber: shownNumber(context.dialledNumber) ?? undefined,
    },
    idempotencyKey: context.toolCallId,
    answer: staffMessageSchema,
  });
  if (answer.kind !== 'ok') return outcomeOf(answer, (problem) => explain(problem, context));
  const { callbackAt } = answer.value;
  if (!callbackAt) return { status: 'failed', code: 'crm-bad-answer', retryable: false };
  return { status: 'ok', value: { ...callbackAt, spoken: spokenTime(callbackAt.from, context.language) } };
});

function explain(
  problem: CrmProblem,
  { timeZone, language }: { timeZone: string; language: string },
): string {
  switch (problem.code) {
    case 'in-the-past': {
      const now = DateTime.now().setZone(timeZone).toISO() ?? '';
      return `That time is over. ${NOTHING} It is ${spokenTime(now, language)} now. Ask for a later time.`;
    }
    case 'too-far-ahead':
      return `That day is too far ahead. ${NOTHING} Ask for an earlier day.`;
    case 'outside-hours':
      return `Nobody is there at that time. ${NOTHING} ${explainHours(problem)}`;
    default:
      return problem.detail;
  }
}

function explainHours(problem: CrmProblem): string {
  const parsed = dayHoursSchema.safeParse(problem);
  const hours = parsed.success ? parsed.data.hours : [];
  if (hours.length === 0) return 'That day it is closed. Ask for another day.';
  const listed = hours.map(({ opens, closes }) => `${opens} to ${closes}`).join(' and ');
  return `That day somebody is there from ${listed}. Ask for a time within these hours.`;
}
