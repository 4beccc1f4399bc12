import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { agentContentSchema, departmentSchema } from '@tandem/contracts';
import { checkoutRoot } from '@tandem/stack';
import { z } from 'zod';

/** Names of all fields, however deep. */
function fieldsOf(schema: unknown): string[] {
  if (typeof schema !== 'object' || schema === null) return [];
  const { properties = {}, ...rest } = schema as { properties?: Record<string, unknown> };
  return [
    ...Object.keys(properties),
    ...Object.values(properties).flatMap(fieldsOf),
    ...Object.values(rest).flatMap(fieldsOf),
  ];
}

describe('the page about agents', () => {
  // The tools of an agent's own have a page of theirs.
  const page = ['docs/agents.md', 'docs/tools.md']
    .map((file) => readFileSync(join(checkoutRoot, file), 'utf8'))
    .join('\n');

  it.each([
    ['content', agentContentSchema],
    // Hours are documented as control-api accepts them, not as they are stored.
    [
      'department',
      departmentSchema
        .omit({ key: true, hours: true })
        .extend({ hours: z.array(z.object({ weekday: z.number(), opens: z.string(), closes: z.string() })) }),
    ],
  ] as const)('names every field of a %s', (_what, schema) => {
    const named = new Set([...page.matchAll(/["`]([A-Za-z-]+)["`]/g)].map((match) => match[1]));
    const fields = new Set(fieldsOf(z.toJSONSchema(schema, { io: 'input' })));
    expect([...fields].filter((field) => !named.has(field))).toEqual([]);
  });
});
