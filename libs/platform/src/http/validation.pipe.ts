import { StandardSchemaValidationPipe, type ArgumentMetadata } from '@nestjs/common';
import { UNSTORABLE, unstorablePlaces } from '@tandem/contracts';
import { z } from 'zod';
import { fieldError, invalidRequest, type FieldError } from './field-errors.ts';
import { plainIssue } from './plain-issue.ts';

const WHOLES: Readonly<Record<string, string>> = { body: 'body', query: 'query', param: 'path', custom: 'value' };

/**
 * Reads whatever declares a schema. What comes out of the schema holds no text that the database cannot keep: a schema
 * may clean it, and what it leaves is refused. All faults are told at once, as fields with sentences.
 */
export class ValidationPipe extends StandardSchemaValidationPipe {
  override async transform<Value>(value: Value, metadata: ArgumentMetadata): Promise<Value> {
    const { schema, type, data } = metadata;
    if (!(schema instanceof z.ZodType) || !this.toValidate(metadata)) return super.transform(value, metadata);
    this.stripProtoKeys(value);
    const whole = data ?? WHOLES[type] ?? 'value';
    const read = await schema.safeParseAsync(value, { error: plainIssue });
    const errors = [...(read.success ? [] : read.error.issues.flatMap((issue) => errorsOf(issue, whole))), ...unstorable(read.success ? read.data : value, whole)];
    if (errors.length > 0) throw invalidRequest(distinct(errors));
    return read.data as Value;
  }
}

/** One for each field that there is not, one for any other issue. */
function errorsOf(issue: z.core.$ZodIssue, whole: string): FieldError[] {
  if (issue.code !== 'unrecognized_keys') return [fieldError(issue.path, issue.message, whole)];
  return issue.keys.map((key) => fieldError([...issue.path, key], issue.message, whole));
}

const unstorable = (value: unknown, whole: string): FieldError[] => unstorablePlaces(value).map((path) => fieldError(path, UNSTORABLE, whole));

/** A field may be wrong in several ways, and in the same way twice. */
function distinct(errors: readonly FieldError[]): FieldError[] {
  return [...new Map(errors.map((error) => [error.message, error])).values()];
}
