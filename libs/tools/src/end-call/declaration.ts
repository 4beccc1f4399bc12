import { defineTool } from '@tandem/contracts';
import { z } from 'zod';

/** Carried out by the session that holds the call, after the goodbye has been heard. */
export const endCall = defineTool({
  name: 'end_call',
  description: [
    'Hangs up. Call it when the conversation is over: the caller has said goodbye or wants nothing ' +
      'more, has the wrong number, or cannot be helped here.',
    'Say one short goodbye in the same turn, before calling it, and nothing after. Never call it while ' +
      'the caller is waiting for an answer.',
  ].join(' '),
  place: 'call',
  arguments: z.object({
    reason: z
      .enum(['caller-done', 'wrong-number', 'cannot-help', 'caller-abusive'])
      .describe('Why the call is over.'),
  }),
  cancellable: false,
  deadlineMs: 1_000,
});
