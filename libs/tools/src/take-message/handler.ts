import { badPhone, phoneNeeded, phoneOf } from '../caller-phone.ts';
import { staffMessageSchema } from '../crm/crm-responses.ts';
import { outcomeOf } from '../crm/outcome.ts';
import { handle } from '../tool-handler.ts';
import { takeMessage } from './declaration.ts';

const NOTHING = 'The message was not left.';

/** Leaves one message under the tool call's id, so a repeated job leaves no second one. */
export const takeMessageHandler = handle(takeMessage, async ({ phone, message, ...input }, context) => {
  const contactPhone = phoneOf(context, phone);
  if (contactPhone === null) return badPhone(NOTHING);
  if (contactPhone === undefined && input.callbackWanted === true) return phoneNeeded(NOTHING);
  const answer = await context.crm.ask(context, {
    method: 'POST',
    path: '/v1/staff-messages',
    body: { ...input, body: message, contactPhone },
    idempotencyKey: context.toolCallId,
    answer: staffMessageSchema,
  });
  if (answer.kind !== 'ok') return outcomeOf(answer);
  return { status: 'ok', value: { left: true } };
});
