import { storable } from './storable.ts';

/** Returns the fields of a change that are given, in a shape Postgres stores; null stays, it empties. */
export function given<Change extends object>(
  change: Change,
): { [Field in keyof Change]?: Exclude<Change[Field], undefined> } {
  const fields = Object.entries(change).filter(([, value]) => value !== undefined);
  return storable(Object.fromEntries(fields)) as {
    [Field in keyof Change]?: Exclude<Change[Field], undefined>;
  };
}
