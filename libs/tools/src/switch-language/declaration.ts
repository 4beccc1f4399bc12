import { defineTool } from '@tandem/contracts';
import { z } from 'zod';

/** Carried out by the session, which changes texts, instructions and transcription. */
export const switchLanguage = defineTool({
  name: 'switch_language',
  description:
    'Changes the language of the call. Call it when the caller speaks, or asks for, another language ' +
    'than the one spoken so far, and go on in that language.',
  place: 'call',
  arguments: z.strictObject({
    language: z
      .string()
      .regex(/^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/, 'must be a BCP 47 tag such as es or pt-BR')
      .max(35)
      .describe('BCP 47 tag, such as es, de or pt-BR.'),
  }),
  cancellable: false,
  deadlineMs: 1_000,
});
