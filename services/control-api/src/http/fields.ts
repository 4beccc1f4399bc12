import { PHONE_PATTERN } from '@tandem/database';
import { keySchema, phoneSchema } from '@tandem/platform';
import { z } from 'zod';

export const keyParameterSchema = z.object({ key: keySchema });
export type KeyParameter = z.output<typeof keyParameterSchema>;

/** A phone number, or the beginning of numbers and a star. */
export const patternSchema = z
  .string()
  .trim()
  .max(32)
  .transform((text, context) => {
    const pattern = text.endsWith('*') ? text : phoneSchema.safeParse(text).data;
    if (pattern && PHONE_PATTERN.test(pattern)) return pattern;
    context.addIssue({
      code: 'custom',
      message: 'must be a phone number with country code, or its beginning and a star, such as +1202555*',
    });
    return z.NEVER;
  })
  .meta({
    description: 'A phone number with country code, or its beginning and a star.',
    example: '+1202555*',
  });

/** US dollars, to the millionth. */
export const usdSchema = z.number().min(0).max(1_000_000_000);
