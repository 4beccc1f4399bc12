import { defineTool } from '@tandem/contracts';
import { z } from 'zod';

export const sendEmail = defineTool({
  name: 'send_email',
  description: [
    'Sends an e-mail to the address we have on file for the caller, and to no other. You cannot see or ' +
      'choose the address.',
    'Call it only after the caller has said that they want one. Write complete plain text in their language.',
    'When it says ok, the e-mail is on its way. When it is refused, nothing was sent: say why.',
  ].join(' '),
  place: 'worker',
  arguments: z.object({
    subject: z.string().trim().min(1).max(150).describe('What it is about, in one line.'),
    text: z
      .string()
      .trim()
      .min(1)
      .max(5_000)
      .describe('The e-mail as plain text: paragraphs with an empty line between, lists with "- ".'),
  }),
  cancellable: false,
  deadlineMs: 5_000,
  sentences: {
    failed: 'The e-mail had a fault and it is not certain whether it is sent. Do not say that it is.',
    'timed-out':
      'Sending took too long and it is not certain whether the e-mail is sent. Do not say that it is.',
  },
});
