import { z } from 'zod';

/** Who is calling, as far as the business knows at admission. Personal data: sealed wherever it is kept. */
export const callerSchema = z.object({
  /** The contact's name; null when the number is nobody's we know. */
  name: z.string().max(120).nullable().default(null),
  /** The caller group the number belongs to (`primary`, …); null for none. */
  group: z.string().max(64).nullable().default(null),
  /** The language this caller is spoken to in, when it is known; null for the number's. */
  language: z.string().max(35).nullable().default(null),
});
export type Caller = z.infer<typeof callerSchema>;

export const UNKNOWN_CALLER: Caller = { name: null, group: null, language: null };
