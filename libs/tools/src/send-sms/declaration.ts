import { defineTool } from '@tandem/contracts';
import { z } from 'zod';

export const sendSms = defineTool({
  name: 'send_sms',
  description: [
    'Sends a text message to the number the caller is calling from, and to no other.',
    'Call it only after the caller has said that they want one. Write what they asked for, in their ' +
      'language, in one or two sentences of plain text.',
    'When it says ok, the message is on its way. When it is refused, nothing was sent: say why, and say ' +
      'the content instead.',
  ].join(' '),
  place: 'worker',
  arguments: z.object({
    text: z.string().trim().min(1).max(320).describe('The message, at most 320 characters.'),
  }),
  cancellable: false,
  deadlineMs: 5_000,
  sentences: {
    failed:
      'The text message had a fault and it is not certain whether it is sent. Do not say that it is. Say ' +
      'its content instead.',
    'timed-out':
      'Sending took too long and it is not certain whether the text message is sent. Do not say that it ' +
      'is. Say its content instead.',
  },
});
