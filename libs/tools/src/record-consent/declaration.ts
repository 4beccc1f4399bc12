import { defineTool } from '@tandem/contracts';
import { z } from 'zod';

/** Carried out by the session, which starts or stops the recording. */
export const recordConsent = defineTool({
  name: 'record_consent',
  description: [
    'Puts on record whether the caller allows the call to be recorded. Early in the call ask once, in ' +
      'one sentence, whether it may be recorded; then call this with what they answered,',
    'and again if they change their mind later. Anything but a clear yes is refused. Never say that the ' +
      'call is recorded before they have agreed.',
    'It also puts on record whether we may send them a text message with the result of something that is ' +
      'not done when they hang up: when a tool takes long, ask that in one sentence and call this with the ' +
      'purpose result-by-text.',
  ].join(' '),
  place: 'call',
  arguments: z.strictObject({
    consent: z
      .enum(['granted', 'refused'])
      .describe('granted: they clearly said yes. refused: they said no, or nothing clear.'),
    purpose: z
      .enum(['recording', 'result-by-text'])
      .optional()
      .describe('What they were asked about. Left out: the recording.'),
  }),
  cancellable: false,
  deadlineMs: 1_000,
});
