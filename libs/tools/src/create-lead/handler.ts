import { badPhone, phoneOf } from '../caller-phone.ts';
import { leadSchema } from '../crm/crm-responses.ts';
import { outcomeOf, refused } from '../crm/outcome.ts';
import { handle } from '../tool-handler.ts';
import { createLead } from './declaration.ts';

const NOTHING = 'Nothing was put on record.';

/** Makes one lead under the tool call's id, so a repeated job makes no second one. */
export const createLeadHandler = handle(createLead, async ({ phone, ...input }, context) => {
  const contactPhone = phoneOf(context, phone);
  if (contactPhone === null) return badPhone(NOTHING);
  if (contactPhone === undefined && input.name === undefined)
    return refused(
      'nobody-named',
      `The caller shows no number. ${NOTHING} Ask for their name and for a number to call back.`,
    );
  const answer = await context.crm.ask(context, {
    method: 'POST',
    path: '/v1/leads',
    body: { ...input, contactPhone, source: 'call' },
    idempotencyKey: context.toolCallId,
    answer: leadSchema,
  });
  if (answer.kind !== 'ok') return outcomeOf(answer);
  return { status: 'ok', value: { recorded: true } };
});
