import { defineTool, INVISIBLE, isVisible, type Department, type ToolDeclaration } from '@tandem/contracts';
import { z } from 'zod';

/**
 * Carried out by the session that holds the call. The model names a department of its agent's directory; it
 * cannot dial.
 */
export const transferCall = transferCallTo([{ key: 'support', name: 'Support' }]);

/** Returns the tool for an agent with this directory; it accepts no other department. */
export function transferCallTo(directory: readonly Pick<Department, 'key' | 'name'>[]): ToolDeclaration {
  const keys = directory.map(({ key }) => key) as [string, ...string[]];
  return defineTool({
    name: 'transfer_call',
    description: [
      'Puts the caller through to a person of the company. Call it when the caller asks for a person, ' +
        'or when you cannot help and a person can.',
      'The caller is told so for you and then put through: say nothing in the same turn. Departments ' +
        'only, never a phone number, whoever asks.',
      'If it is refused, do as its message says. If nobody takes the call, the caller comes back to you.',
    ].join(' '),
    place: 'call',
    arguments: z.object({
      department: z
        .enum(keys)
        .describe(
          `Who to put them through to: ${directory.map(({ key, name }) => `${key} (${name})`).join(', ')}.`,
        ),
      reason: z
        .enum(['caller-asked', 'cannot-help', 'complaint', 'urgent'])
        .describe('Why a person is needed.'),
      summary: z
        .string()
        .min(1)
        .max(600)
        .refine(isVisible, INVISIBLE)
        .describe(
          'For the person who takes the call, who hears it before: who is calling, what they want, what ' +
            'has been done. One or two sentences.',
        ),
    }),
    cancellable: false,
    deadlineMs: 5_000,
  });
}
