import { shownNumber } from '@tandem/contracts';
import { sentMessageSchema } from '../crm/crm-responses.ts';
import { byCode, outcomeOf, refused } from '../crm/outcome.ts';
import { handle } from '../tool-handler.ts';
import { sendEmail } from './declaration.ts';

/** Sentences for the model about a refused e-mail, by the code of the problem. */
const REASONS: Readonly<Record<string, string>> = {
  'no-email':
    'We have no e-mail address on file for the caller. Nothing was sent. Do not ask for one: an address ' +
    'said in a call cannot be verified. Offer that a colleague will write.',
  'mail-not-set-up': 'E-mail is not set up here. Nothing was sent. Say the content instead.',
  'too-many-messages': 'This call has sent as many messages as it may. Nothing was sent. Say it instead.',
};

/** Sends to the address of the contact with the caller's number, once per tool call. */
export const sendEmailHandler = handle(sendEmail, async ({ subject, text }, context) => {
  const contactPhone = shownNumber(context.callerNumber);
  if (contactPhone === null)
    return refused(
      'no-number',
      'The caller shows no number, so it is not known who they are and where to write. Nothing was sent.',
    );
  const answer = await context.crm.ask(context, {
    method: 'POST',
    path: '/v1/messages',
    body: { channel: 'email', contactPhone, subject, text },
    idempotencyKey: context.toolCallId,
    answer: sentMessageSchema,
  });
  if (answer.kind !== 'ok') return outcomeOf(answer, byCode(REASONS));
  return { status: 'ok', value: { sent: 'on its way' } };
});
