import { UNSTORABLE, unstorablePlaces } from '@tandem/contracts';
import type { z } from 'zod';
import type { FieldProblem } from './field-errors.ts';
import { plainIssue } from './plain-issue.ts';

/** A value as its schema reads it, or all faults of it. */
export type FieldsRead<Value> =
  | { readonly problems: readonly []; readonly value: Value }
  | { readonly problems: readonly FieldProblem[]; readonly value?: undefined };

/**
 * Reads a value by a schema, and refuses text the database cannot store: where the schema has not removed it,
 * it is a problem of its field.
 */
export async function readFields<Value>(
  schema: z.ZodType<Value>,
  value: unknown,
): Promise<FieldsRead<Value>> {
  const read = await schema.safeParseAsync(value, { error: plainIssue });
  const unstorable = unstorablePlaces(read.success ? read.data : value).map((path) => ({
    path,
    message: UNSTORABLE,
  }));
  if (read.success && unstorable.length === 0) return { problems: [], value: read.data };
  return { problems: [...(read.success ? [] : read.error.issues.flatMap(problemsOf)), ...unstorable] };
}

/** Returns one problem for each unknown field, one for any other issue. */
function problemsOf(issue: z.core.$ZodIssue): FieldProblem[] {
  if (issue.code !== 'unrecognized_keys') return [{ path: issue.path, message: issue.message }];
  return issue.keys.map((key) => ({ path: [...issue.path, key], message: issue.message }));
}
