import { defineTool } from '@tandem/contracts';
import { z } from 'zod';
import { referenceSchema } from '../arguments.ts';

export const getCallerHistory = defineTool({
  name: 'get_caller_history',
  description: [
    'Tells what the company and the caller have had to do with each other: when they called, coming ' +
      'appointments with references, open requests and messages. Call it only when the caller refers to ' +
      'something earlier ("I called yesterday", "my appointment").',
    'It is refused where nobody vouches for the number: then ask for the reference of one of their ' +
      'appointments and call again with it, and tell them nothing until it says ok.',
    'Tell only what they ask about.',
  ].join(' '),
  place: 'worker',
  arguments: z.object({ reference: referenceSchema }),
  cancellable: true,
  deadlineMs: 6_000,
  sentences: {
    failed:
      'Earlier calls and requests could not be looked up. Say so, and ask the caller to tell you what it ' +
      'is about.',
    'timed-out':
      'Earlier calls and requests could not be looked up in time. Say so, and ask the caller to tell you ' +
      'what it is about.',
  },
});
