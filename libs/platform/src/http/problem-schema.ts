import { z } from 'zod';

/** The body of every error (RFC 9457). */
export const problemSchema = z.looseObject({
  type: z.string(),
  title: z.string(),
  status: z.number().int(),
  detail: z.string().describe('What happened and what to do.'),
  code: z.string().describe('Stable; decide by this.'),
  errors: z
    .array(
      z.object({
        field: z.string().describe('Dotted path, such as variants.0.weight.'),
        message: z.string(),
      }),
    )
    .optional()
    .describe('With `invalid-request`: all fields that are wrong, each with a sentence.'),
});
