import { describe, expect, it } from '@jest/globals';
import type { ArgumentMetadata } from '@nestjs/common';
import { cleanedText, visibleText } from '@tandem/contracts';
import { z } from 'zod';
import type { FieldError } from './field-errors.ts';
import { Problem, type ProblemDetails } from './problem.ts';
import { ValidationPipe } from './validation.pipe.ts';

const schema = z.strictObject({
  name: visibleText(10),
  weight: z.number().min(0).max(10).int(),
  start: z.iso.datetime({ offset: true }),
  id: z.uuid().optional(),
  mode: z.enum(['cold', 'warm']).optional(),
  model: z
    .discriminatedUnion('kind', [
      z.object({ kind: z.literal('live'), voice: z.string() }),
      z.object({ kind: z.literal('guided') }),
    ])
    .optional(),
  tags: z.array(z.string().min(1).max(3)).min(1).max(2).optional(),
  isOpen: z.boolean().optional(),
});

const read = (value: unknown, by: z.ZodType = schema, metadata: Partial<ArgumentMetadata> = {}) =>
  new ValidationPipe().transform(value, {
    type: 'body',
    metatype: Object,
    data: undefined,
    schema: by,
    ...metadata,
  });

async function refusal(
  value: unknown,
  by?: z.ZodType,
  metadata?: Partial<ArgumentMetadata>,
): Promise<ProblemDetails & { errors: FieldError[] }> {
  const thrown: unknown = await read(value, by, metadata).catch((error: unknown) => error);
  if (!(thrown instanceof Problem)) throw new TypeError('It was taken.');
  return thrown.getResponse() as ProblemDetails & { errors: FieldError[] };
}
const GOOD = { name: 'Alex', weight: 1, start: '2027-03-01T09:00:00-05:00' };
const messages = async (change: object) =>
  (await refusal({ ...GOOD, ...change })).errors.map(({ message }) => message);

describe('a request whose fields are wrong', () => {
  it('gets all faults at once, by field, as sentences, under one code', async () => {
    const problem = await refusal({ weight: -1, start: 'soon', nmae: 'x' });
    expect(problem).toMatchObject({
      status: 400,
      code: 'invalid-request',
      type: 'urn:tandem:problem:invalid-request',
    });
    expect(problem.errors).toEqual([
      { field: 'name', message: 'name is missing' },
      { field: 'weight', message: 'weight must be at least 0' },
      {
        field: 'start',
        message: 'start must be a time in ISO 8601 with its offset, such as 2027-03-01T09:00:00-05:00',
      },
      {
        field: 'nmae',
        message:
          'nmae: there is no such field; the fields are name, weight, start, id, mode, model, tags, isOpen',
      },
    ]);
    expect(problem.detail).toContain('name is missing; weight must be at least 0; ');
  });

  it.each([
    [{ name: 7 }, 'name must be text'],
    [{ name: ' ' }, 'name must have at least one visible character'],
    [{ name: 'x'.repeat(11) }, 'name must have at most 10 characters'],
    [{ weight: '1' }, 'weight must be a number'],
    [{ weight: 1.5 }, 'weight must be a whole number'],
    [{ weight: 11 }, 'weight must be at most 10'],
    [{ id: 'one' }, 'id must be an id (a UUID)'],
    [{ mode: 'hot' }, 'mode must be one of cold, warm'],
    [{ model: { kind: 'dead' } }, 'model.kind must be one of live, guided'],
    [{ model: { kind: 'live' } }, 'model.voice is missing'],
    [{ tags: [] }, 'tags must have at least 1 entry'],
    [{ tags: ['', 'abcd'] }, 'tags.0 must not be empty'],
    [{ tags: ['', 'abcd'] }, 'tags.1 must have at most 3 characters'],
    [{ isOpen: 'yes' }, 'isOpen must be true or false'],
  ])('%j hears: %s', async (change, message) => {
    expect(await messages(change)).toContain(message);
  });

  it('gets a field name also for a fault of the whole', async () => {
    expect((await refusal(undefined)).errors).toEqual([{ field: 'body', message: 'body is missing' }]);
    expect((await refusal(undefined, z.string(), { type: 'query', data: 't' })).errors).toEqual([
      { field: 't', message: 't is missing' },
    ]);
    const atLeastOne = z.object({}).refine(() => false, 'name at least one field to change');
    expect((await refusal({}, atLeastOne)).errors).toEqual([
      { field: 'body', message: 'name at least one field to change' },
    ]);
  });
});

describe('text the database cannot store', () => {
  const loose = z.object({ q: z.string(), inner: z.object({ list: z.array(z.string()) }).optional() });

  it('is refused with the name of its field, at any depth', async () => {
    expect((await refusal({ q: 'x\0', inner: { list: ['fine', '\ud800'] } }, loose)).errors).toEqual([
      { field: 'q', message: 'q must not hold U+0000 or half of a surrogate pair' },
      { field: 'inner.list.1', message: 'inner.list.1 must not hold U+0000 or half of a surrogate pair' },
    ]);
  });

  it('is reported with the other faults, once', async () => {
    expect(await messages({ name: 'a\0', weight: -1 })).toEqual([
      'name must not hold U+0000 or half of a surrogate pair',
      'weight must be at least 0',
    ]);
  });

  it('is accepted where the schema removes it, and in fields no schema reads', async () => {
    expect(await read({ q: 'a\0b', other: '\0' }, z.object({ q: cleanedText() }))).toEqual({ q: 'ab' });
  });
});
