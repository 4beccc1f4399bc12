import { API_SCOPES, USER_ROLES, type SignInFailure, type UserSession } from '@tandem/database';
import { z } from 'zod';

export const meSchema = z
  .object({
    user: z.object({
      id: z.uuid(),
      email: z.string(),
      name: z.string(),
      hasPassword: z.boolean(),
      hasTotp: z.boolean().describe('Whether a second factor is on.'),
    }),
    tenant: z.object({
      id: z.uuid(),
      name: z.string(),
      zone: z.string().describe('IANA name.'),
      locale: z.string().nullable().describe('BCP 47.'),
    }),
    role: z.enum(USER_ROLES),
    scopes: z.array(z.enum(API_SCOPES)).describe('What the role may do.'),
    reauthenticatedAt: z.iso.datetime().describe('Keys, users and secrets are open for ten minutes after.'),
  })
  .meta({
    example: {
      user: {
        id: '7a0c1d3e-0000-4000-8006-000000000001',
        email: 'robin@example.com',
        name: 'Robin Admin',
        hasPassword: true,
        hasTotp: false,
      },
      tenant: {
        id: '7a0c1d3e-0000-4000-8000-000000000001',
        name: 'Morgan Heating',
        zone: 'America/New_York',
        locale: 'en-US',
      },
      role: 'viewer',
      scopes: ['calls:read', 'analytics:read'],
      reauthenticatedAt: '2027-03-01T14:00:00.000Z',
    },
  });

export const reauthenticatedSchema = z
  .object({ reauthenticatedAt: z.iso.datetime() })
  .meta({ example: { reauthenticatedAt: '2027-03-01T14:00:00.000Z' } });

export const passwordSchema = z
  .strictObject({
    password: z.string().min(12, 'must have 12 characters or more').max(200).describe('The new one.'),
  })
  .meta({ example: { password: 'correct horse battery' } });
export type PasswordBody = z.output<typeof passwordSchema>;

export const totpSchema = z
  .strictObject({
    code: z
      .string()
      .regex(/^\d{6}$/, 'must be six digits')
      .optional()
      .describe('Absent to begin; then the six digits that the app shows for the secret.'),
  })
  .meta({ example: {} });
export type TotpBody = z.output<typeof totpSchema>;

export const totpStateSchema = z
  .object({
    state: z.enum(['pending', 'on']).describe('`pending` until a code confirms it.'),
    secret: z.string().nullable().describe('Base32, to type into the app; shown once.'),
    uri: z.string().nullable().describe('The content of a QR code: `otpauth://totp/…`.'),
  })
  .meta({
    example: {
      state: 'pending',
      secret: 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP',
      uri: 'otpauth://totp/Tandem:robin%40example.com?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=Tandem',
    },
  });

export const ownSessionsSchema = z
  .object({
    items: z.array(
      z.object({
        id: z.uuid(),
        isCurrent: z.boolean().describe('The one of this request.'),
        method: z.enum(['link', 'password', 'oidc']),
        address: z.string(),
        userAgent: z.string().describe('As the browser named itself.'),
        createdAt: z.iso.datetime(),
        lastSeenAt: z.iso.datetime().describe('To the minute.'),
      }),
    ),
    failures: z
      .array(
        z.object({
          reason: z.enum(['password', 'code', 'disabled']).describe('What was wrong.'),
          address: z.string(),
          at: z.iso.datetime(),
        }),
      )
      .describe('The latest attempts that failed, 20 at most.'),
  })
  .meta({
    example: {
      items: [
        {
          id: '7a0c1d3e-0000-4000-8007-000000000001',
          isCurrent: true,
          method: 'password',
          address: '203.0.113.7',
          userAgent: 'Mozilla/5.0 (X11; Linux x86_64)',
          createdAt: '2027-03-01T14:00:00.000Z',
          lastSeenAt: '2027-03-01T14:10:00.000Z',
        },
      ],
      failures: [{ reason: 'password', address: '203.0.113.9', at: '2027-03-01T13:58:00.000Z' }],
    },
  });

export function toOwnSessions(
  sessions: readonly UserSession[],
  failures: readonly SignInFailure[],
  current: string,
): z.output<typeof ownSessionsSchema> {
  return {
    items: sessions.map(({ id, createdAt, lastSeenAt, ...session }) => ({
      id,
      isCurrent: id === current,
      ...session,
      createdAt: createdAt.toISOString(),
      lastSeenAt: lastSeenAt.toISOString(),
    })),
    failures: failures.map(({ at, ...failure }) => ({ ...failure, at: at.toISOString() })),
  };
}
