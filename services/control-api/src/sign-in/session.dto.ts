import { z } from 'zod';

export const emailSchema = z
  .email('must be an e-mail address')
  .max(254)
  .toLowerCase()
  .meta({ description: 'In any case; kept in lower case.', example: 'robin@example.com' });

/** A password as it is typed: of any form, because older rules may have allowed it. */
const typedSchema = z.string().min(1).max(200);
const codeSchema = z
  .string()
  .regex(/^\d{6}$/, 'must be six digits')
  .describe('The six digits of the authenticator app.');

export const signInSchema = z
  .strictObject({
    email: emailSchema,
    password: typedSchema,
    code: codeSchema.optional().describe('Needed with a second factor: `totp-required` says so.'),
  })
  .meta({ example: { email: 'robin@example.com', password: 'correct horse battery' } });
export type SignInBody = z.output<typeof signInSchema>;

export const linkSchema = z
  .strictObject({ token: z.string().min(1).max(200).describe('What follows `#link=` in the address.') })
  .meta({ example: { token: 'kq0v1J9mB1b3l0bq7bVx5m2mPq5r8cYw1d3n7t9u2xE' } });
export type LinkBody = z.output<typeof linkSchema>;

export const reauthenticationSchema = z
  .strictObject({ password: typedSchema, code: codeSchema.optional() })
  .meta({ example: { password: 'correct horse battery' } });
export type ReauthenticationBody = z.output<typeof reauthenticationSchema>;

export const providersSchema = z
  .object({
    password: z.boolean().describe('Whether users may sign in with a password.'),
    oidc: z
      .object({
        name: z.string().describe('For the button.'),
        start: z.string().describe('The address the browser goes to.'),
      })
      .nullable(),
  })
  .meta({
    example: { password: true, oidc: { name: 'Single sign-on', start: '/v1/session/oidc/start' } },
  });
