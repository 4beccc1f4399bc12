import { StandardSchemaValidationPipe, type ArgumentMetadata } from '@nestjs/common';
import { z } from 'zod';
import { invalidRequest } from './field-errors.ts';
import { readFields } from './read-fields.ts';

const WHOLES: Readonly<Record<string, string>> = {
  body: 'body',
  query: 'query',
  param: 'path',
  custom: 'value',
};

/** Validates arguments that declare a schema; the refusal lists all faults by field. */
export class ValidationPipe extends StandardSchemaValidationPipe {
  override async transform<Value>(value: Value, metadata: ArgumentMetadata): Promise<Value> {
    const { schema, type, data } = metadata;
    if (!(schema instanceof z.ZodType) || !this.toValidate(metadata)) return super.transform(value, metadata);
    this.stripProtoKeys(value);
    const read = await readFields(schema, value);
    if (read.problems.length > 0) throw invalidRequest(read.problems, data ?? WHOLES[type] ?? 'value');
    return read.value as Value;
  }
}
