import type { ToolDeclaration } from '@tandem/contracts';
import { z } from 'zod';
import type { ToolRole } from './dialogue/dialogue.ts';

const NAMES: Readonly<Record<ToolRole, string>> = {
  'look-up': 'lookup_customer',
  check: 'check_availability',
  hold: 'book_appointment',
  book: 'book_appointment',
  wait: 'join_waiting_list',
  end: 'end_call',
  transfer: 'transfer_call',
};

/** Returns the declared tools that have a role in the dialogue. */
export function rolesOf(tools: readonly ToolDeclaration[]): Map<ToolRole, ToolDeclaration> {
  const roles = new Map<ToolRole, ToolDeclaration>();
  for (const [role, name] of Object.entries(NAMES)) {
    const tool = tools.find((candidate) => candidate.name === name);
    // What books at once holds nothing.
    if (tool && (role !== 'hold' || tool.confirm === 'when-confirmed')) roles.set(role as ToolRole, tool);
  }
  return roles;
}

const schemaSchema = z.object({
  properties: z
    .record(
      z.string(),
      z.object({
        type: z.unknown().optional(),
        enum: z.array(z.unknown()).optional().catch(undefined),
      }),
    )
    .catch({}),
});

/**
 * Fits arguments to a declaration: unknown ones are left out, and a value that is not on a closed list
 * becomes the list's first entry. Returns null when the declaration refuses them all the same.
 */
export function argumentsFor(tool: ToolDeclaration, wanted: Readonly<Record<string, string>>): string | null {
  const schema = schemaSchema.safeParse(tool.parameters);
  const properties = schema.success ? schema.data.properties : {};
  const given = Object.entries(wanted).flatMap(([name, value]) => {
    const property = properties[name];
    if (!property) return [];
    if (property.type === 'boolean') return [[name, value === 'true'] as const];
    const isListed = property.enum === undefined || property.enum.includes(value);
    return [[name, isListed ? value : property.enum?.[0]] as const];
  });
  const argumentsGiven = Object.fromEntries(given);
  return tool.parse(argumentsGiven).ok ? JSON.stringify(argumentsGiven) : null;
}
