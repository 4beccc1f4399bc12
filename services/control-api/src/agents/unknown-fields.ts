import type { FieldProblem } from '@tandem/platform';
import { z } from 'zod';

type Path = readonly (string | number)[];

/** Returns a fault, with the known names, for each given field that the schema dropped as unknown. */
export function unknownFields(
  given: unknown,
  read: unknown,
  schema: z.core.$ZodType,
  path: Path = [],
): FieldProblem[] {
  if (Array.isArray(given))
    return Array.isArray(read)
      ? given.flatMap((entry, index) => unknownFields(entry, read[index], schema, [...path, index]))
      : [];
  if (!isRecord(given) || !isRecord(read) || isPreset(given)) return [];
  return Object.keys(given).flatMap((name) => {
    const here = [...path, name];
    if (Object.hasOwn(read, name)) return unknownFields(given[name], read[name], schema, here);
    return isOtherSpelling(name, read, path)
      ? []
      : [
          {
            path: here,
            message: `there is no such field; the fields are ${fieldsAt(schema, path).join(', ')}`,
          },
        ];
  });
}

/** Returns whether a value names a preset, which the schema replaces by its settings. */
function isPreset(given: Record<string, unknown>): boolean {
  return given['kind'] === 'preset';
}

/** Returns whether a key of `texts` is kept under the canonical spelling of its language. */
function isOtherSpelling(name: string, read: Record<string, unknown>, path: Path): boolean {
  return (
    path.at(-1) === 'texts' &&
    Object.keys(read).some((known) => known.toLowerCase() === name.trim().toLowerCase())
  );
}

/** Returns the field names of the object at a path, of all its forms where it has several. */
function fieldsAt(schema: z.core.$ZodType, path: Path): string[] {
  let found = formsOf(schema);
  for (const step of path) found = found.flatMap((form) => inside(form, step)).flatMap(formsOf);
  return [...new Set(found.flatMap((form) => (form instanceof z.ZodObject ? Object.keys(form.shape) : [])))];
}

/** Returns the schemas behind optional, default and union wrappers. */
function formsOf(schema: z.core.$ZodType): z.core.$ZodType[] {
  if (
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodNullable ||
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodPrefault
  )
    return formsOf(schema.unwrap());
  if (schema instanceof z.ZodPipe) return [...formsOf(schema.in), ...formsOf(schema.out)];
  if (schema instanceof z.ZodUnion) return schema.options.flatMap(formsOf);
  return [schema];
}

function inside(form: z.core.$ZodType, step: string | number): z.core.$ZodType[] {
  if (form instanceof z.ZodObject)
    return Object.hasOwn(form.shape, step) ? [form.shape[step] as z.core.$ZodType] : [];
  if (form instanceof z.ZodArray) return [form.element];
  return form instanceof z.ZodRecord ? [form.valueType] : [];
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
