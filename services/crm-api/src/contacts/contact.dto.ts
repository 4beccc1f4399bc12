import { languageSchema } from '@tandem/contracts';
import type { Contact, ContactChange, ContactPoint, Page } from '@tandem/database';
import { changeOf, pageOf, pageQuery, phoneQuerySchema, phoneSchema } from '@tandem/platform';
import { z } from 'zod';
import { nameSchema, notesSchema } from '../http/fields.ts';

const emailSchema = z
  .email()
  .max(254)
  .transform((address) => address.toLowerCase())
  .meta({ description: 'Read into lower case.', example: 'alex@example.com' });

/** Numbers, or addresses, of one contact. */
const MOST_POINTS = 20;
const pointFields = {
  label: z.string().trim().max(40).default('').describe('Your word for it, such as `work`.'),
  isPrimary: z.boolean().default(false).describe('One at most; the first one if none is.'),
};

export const contactFields = z.strictObject({
  phone: phoneSchema.describe('The primary number; the others stay. Give this, or `phones`.'),
  phones: z
    .array(z.strictObject({ number: phoneSchema, ...pointFields }))
    .min(1)
    .max(MOST_POINTS)
    .describe('All numbers, in place of those there are.'),
  name: nameSchema.nullable(),
  email: emailSchema.nullable().describe('The primary address; the others stay. Give this, or `emails`.'),
  emails: z
    .array(z.strictObject({ address: emailSchema, ...pointFields }))
    .max(MOST_POINTS)
    .describe('All addresses, in place of those there are.'),
  notes: notesSchema,
  language: languageSchema
    .nullable()
    .describe('The language agents speak to them (BCP 47); null for that of the number they call.'),
});
const someFields = contactFields.partial();
type SomeFields = z.output<typeof someFields>;

export const createContactSchema = someFields
  .superRefine((fields, context) => {
    checkPoints(fields, context);
    if (fields.phone === undefined && fields.phones === undefined)
      context.addIssue({ code: 'custom', path: ['phone'], message: 'is needed, or phones' });
  })
  .meta({
    example: { phone: '+12025550123', name: 'Alex Morgan', email: 'alex@example.com', language: 'en-US' },
  });
export type CreateContact = z.output<typeof createContactSchema>;

export const updateContactSchema = changeOf(contactFields.shape)
  .superRefine(checkPoints)
  .meta({ example: { name: 'Alex Morgan', notes: 'Rings at the side door.' } });
export type UpdateContact = z.output<typeof updateContactSchema>;

export const mergeContactSchema = z
  .strictObject({
    into: z.uuid().describe('The contact that stays, with everything of both.'),
  })
  .meta({ example: { into: '7a0c1d3e-0000-4000-8003-000000000001' } });
export type MergeContact = z.output<typeof mergeContactSchema>;

export const listContactsSchema = z.object({
  ...pageQuery,
  phone: phoneQuerySchema.optional().describe('Any number of theirs, in any way it is written.'),
  email: emailSchema.optional().describe('Any address of theirs.'),
  name: nameSchema.optional().meta({ description: 'Beginning of the name, in any case.', example: 'alex' }),
});
export type ListContacts = z.output<typeof listContactsSchema>;
export const exportContactsSchema = listContactsSchema.omit({ limit: true, cursor: true });
export type ExportContacts = z.output<typeof exportContactsSchema>;

const shownPoint = { label: z.string(), isPrimary: z.boolean() };

export const contactSchema = z
  .object({
    id: z.uuid(),
    phone: z.string().describe('The primary number.'),
    phones: z.array(z.object({ number: z.string(), ...shownPoint })).describe('The primary one first.'),
    name: z.string().nullable(),
    email: z.string().nullable().describe('The primary address.'),
    emails: z.array(z.object({ address: z.string(), ...shownPoint })),
    notes: z.string(),
    language: z.string().nullable(),
    createdAt: z.string(),
    updatedAt: z.string(),
  })
  .meta({
    example: {
      id: '7a0c1d3e-0000-4000-8003-000000000001',
      phone: '+12025550123',
      phones: [{ number: '+12025550123', label: 'mobile', isPrimary: true }],
      name: 'Alex Morgan',
      email: 'alex@example.com',
      emails: [{ address: 'alex@example.com', label: 'work', isPrimary: true }],
      notes: 'Rings at the side door.',
      language: 'en-US',
      createdAt: '2027-02-11T16:20:00.000Z',
      updatedAt: '2027-03-01T14:05:11.000Z',
    },
  });
export type ContactDto = z.output<typeof contactSchema>;
export const contactPageSchema = pageOf(contactSchema);

export function toContactDto({ createdAt, updatedAt, phones, emails, ...contact }: Contact): ContactDto {
  return {
    ...contact,
    phones: phones.map(({ value: number, ...point }) => ({ number, ...point })),
    emails: emails.map(({ value: address, ...point }) => ({ address, ...point })),
    createdAt: createdAt.toISOString(),
    updatedAt: updatedAt.toISOString(),
  };
}

export function toContactPage(page: Page<Contact>): z.output<typeof contactPageSchema> {
  return { items: page.items.map(toContactDto), nextCursor: page.nextCursor };
}

/** Returns the fields as they are stored. */
export function toContactChange({ phones, emails, ...fields }: SomeFields): ContactChange {
  return {
    ...fields,
    phones: phones && withPrimary(phones.map(({ number: value, ...point }) => ({ value, ...point }))),
    emails: emails && withPrimary(emails.map(({ address: value, ...point }) => ({ value, ...point }))),
  };
}

function withPrimary(points: readonly ContactPoint[]): ContactPoint[] {
  const hasPrimary = points.some(({ isPrimary }) => isPrimary);
  return points.map((point, index) => ({ ...point, isPrimary: hasPrimary ? point.isPrimary : index === 0 }));
}

function checkPoints(fields: SomeFields, context: z.core.$RefinementCtx): void {
  const report = (path: string, message: string) =>
    context.addIssue({ code: 'custom', path: [path], message });
  const kinds = [
    ['phone', 'phones', fields.phone, fields.phones, fields.phones?.map(({ number }) => number)],
    ['email', 'emails', fields.email, fields.emails, fields.emails?.map(({ address }) => address)],
  ] as const;
  for (const [one, all, primary, points, values] of kinds) {
    if (points === undefined) continue;
    if (primary !== undefined) report(one, `give ${one} or ${all}`);
    if (points.filter(({ isPrimary }) => isPrimary).length > 1) report(all, 'has more than one primary');
    if (new Set(values).size < points.length) report(all, 'names one twice');
  }
}
