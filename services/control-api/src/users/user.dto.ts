import { visibleText } from '@tandem/contracts';
import { USER_ROLES, type Page, type User } from '@tandem/database';
import { changeOf, pageOf, pageQuery } from '@tandem/platform';
import { z } from 'zod';
import { emailSchema } from '../sign-in/session.dto.ts';

const nameSchema = visibleText(120);
const roleSchema = z.enum(USER_ROLES).describe('What each role may do is in docs/access.md.');

export const createUserSchema = z
  .strictObject({ email: emailSchema, name: nameSchema, role: roleSchema })
  .meta({ example: { email: 'robin@example.com', name: 'Robin', role: 'operator' } });
export type CreateUser = z.output<typeof createUserSchema>;

export const changeUserSchema = changeOf({
  name: nameSchema,
  role: roleSchema,
  state: z.enum(['active', 'disabled']).describe('`disabled` ends all sessions at once.'),
}).meta({ example: { role: 'supervisor' } });
export type ChangeUser = z.output<typeof changeUserSchema>;

export const listUsersSchema = z.object(pageQuery);
export type ListUsers = z.output<typeof listUsersSchema>;

const USER_EXAMPLE = {
  id: '7a0c1d3e-0000-4000-8006-000000000002',
  email: 'robin@example.com',
  name: 'Robin',
  role: 'operator',
  state: 'invited',
  hasPassword: false,
  hasTotp: false,
  createdAt: '2027-02-11T16:20:00.000Z',
  lastSignInAt: null,
};

export const userSchema = z
  .object({
    id: z.uuid(),
    email: z.string(),
    name: z.string(),
    role: z.enum(USER_ROLES),
    state: z.enum(['invited', 'active', 'disabled']).describe('`invited` until the first sign-in.'),
    hasPassword: z.boolean(),
    hasTotp: z.boolean().describe('Whether a second factor is on.'),
    createdAt: z.iso.datetime(),
    lastSignInAt: z.iso.datetime().nullable().describe('Null for a user who has not signed in yet.'),
  })
  .meta({ example: USER_EXAMPLE });
export const userPageSchema = pageOf(userSchema);

export const linkAnswerSchema = z
  .object({
    url: z.string().describe('Opens the console and signs the user in, once. Send it to nobody else.'),
    expiresAt: z.iso.datetime(),
  })
  .meta({
    example: {
      url: 'https://console.example.com/console/#link=kq0v1J9mB1b3l0bq7bVx5m2mPq5r8cYw1d3n7t9u2xE',
      expiresAt: '2027-02-11T16:35:00.000Z',
    },
  });

export const invitedSchema = z.object({ user: userSchema, link: linkAnswerSchema });

export function toUserDto({ createdAt, lastSignInAt, ...user }: User): z.output<typeof userSchema> {
  const { id, email, name, role, state, hasPassword, hasTotp } = user;
  return {
    id,
    email,
    name,
    role,
    state,
    hasPassword,
    hasTotp,
    createdAt: createdAt.toISOString(),
    lastSignInAt: lastSignInAt?.toISOString() ?? null,
  };
}

export function toUserPage({ items, nextCursor }: Page<User>): z.output<typeof userPageSchema> {
  return { items: items.map(toUserDto), nextCursor };
}
