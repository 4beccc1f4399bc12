import { greetingProblem, visibleText } from '@tandem/contracts';
import { keySchema } from '@tandem/platform';
import { z } from 'zod';
import { patternSchema } from '../http/fields.ts';

export const putCallerGroupSchema = z
  .strictObject({
    name: visibleText(80),
    greeting: z
      .string()
      .trim()
      .max(1000)
      .refine((text) => greetingProblem(text) === null, {
        error: ({ input }) => greetingProblem(String(input)) ?? 'must be a greeting',
      })
      .default('')
      .describe(
        "Greeting for its members in place of the agent's; may contain variables. Empty for the agent's.",
      ),
  })
  .meta({ example: { name: 'Regular customers', greeting: 'Welcome back.' } });
export type PutCallerGroup = z.output<typeof putCallerGroupSchema>;

export const callerGroupSchema = z
  .object({
    key: z.string(),
    name: z.string(),
    greeting: z.string(),
    members: z.number().int(),
  })
  .meta({ example: { key: 'regulars', name: 'Regular customers', greeting: 'Welcome back.', members: 2 } });
export const callerGroupsSchema = z.object({ items: z.array(callerGroupSchema) });

export const memberParametersSchema = z.object({ key: keySchema, pattern: patternSchema });
export type MemberParameters = z.output<typeof memberParametersSchema>;
export const listMembersSchema = z.object({
  limit: z.coerce.number().int().min(1).max(1000).default(100).describe('Patterns on a page.'),
  after: z
    .string()
    .max(32)
    .optional()
    .meta({ description: 'The last pattern of the page before.', example: '+12025550123' }),
});
export type ListMembers = z.output<typeof listMembersSchema>;
export const membersSchema = z
  .object({
    items: z.array(z.string().describe('E.164, or its beginning and a star.')),
    nextAfter: z.string().nullable().describe('Null on the last page.'),
  })
  .meta({ example: { items: ['+12025550123', '+1202555*'], nextAfter: null } });
