import { z } from 'zod';

/** RFC 9457, as every error of this service looks. */
export const problemSchema = z.looseObject({
  type: z.string(),
  title: z.string(),
  status: z.number().int(),
  detail: z.string().describe('What happened and what to do.'),
  code: z.string().describe('Stable; decide by this.'),
});
