import { partyNumber, shownNumber } from '@tandem/contracts';
import { sentMessageSchema } from '../crm/crm-responses.ts';
import { byCode, outcomeOf, refused } from '../crm/outcome.ts';
import { handle } from '../tool-handler.ts';
import { sendSms } from './declaration.ts';

/** Sentences for the model about a refused message, by the code of the problem. */
const REASONS: Readonly<Record<string, string>> = {
  'opted-out':
    'The caller asked us by STOP not to send text messages. Nothing was sent. Do not offer it again; say ' +
    'the content instead. They can write START to this number to get messages again.',
  'sms-not-set-up': 'Text messages are not set up here. Nothing was sent. Say the content instead.',
  'unknown-number': 'Text messages cannot be sent from this number. Nothing was sent. Say it instead.',
  'too-many-messages': 'This call has sent as many messages as it may. Nothing was sent. Say it instead.',
};

/**
 * Sends to the caller's number, as the carrier gave it, from the number they called. The tool call's id makes
 * a repeated job send once.
 */
export const sendSmsHandler = handle(sendSms, async ({ text }, context) => {
  const to = shownNumber(context.callerNumber);
  const from = partyNumber(context.dialledNumber);
  if (to === null)
    return refused(
      'no-number',
      'The caller shows no number, so no text message can be sent. Nothing was sent. Say it instead.',
    );
  if (from === null) return refused('unknown-number', REASONS['unknown-number'] ?? '');
  const answer = await context.crm.ask(context, {
    method: 'POST',
    path: '/v1/messages',
    body: { channel: 'sms', from, to, text },
    idempotencyKey: context.toolCallId,
    answer: sentMessageSchema,
  });
  if (answer.kind !== 'ok') return outcomeOf(answer, byCode(REASONS));
  return { status: 'ok', value: { sent: 'on its way', text: answer.value.text } };
});
