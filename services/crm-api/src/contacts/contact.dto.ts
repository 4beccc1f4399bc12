import { languageSchema } from '@tandem/contracts';
import type { Contact, Page } from '@tandem/database';
import { pageOf, pageQuery, phoneQuerySchema, phoneSchema } from '@tandem/platform';
import { z } from 'zod';
import { nameSchema, notesSchema } from '../http/fields.ts';

const emailSchema = z.email().max(254);

export const createContactSchema = z.strictObject({
  phone: phoneSchema,
  name: nameSchema.nullable().optional(),
  email: emailSchema.nullable().optional(),
  notes: notesSchema.optional(),
  language: languageSchema
    .nullable()
    .optional()
    .describe('The language agents speak to them (BCP 47); null for that of the number they call.'),
});
export type CreateContact = z.output<typeof createContactSchema>;

export const updateContactSchema = createContactSchema
  .partial()
  .refine((fields) => Object.keys(fields).length > 0, 'name at least one field to change');
export type UpdateContact = z.output<typeof updateContactSchema>;

export const listContactsSchema = z.object({ ...pageQuery, phone: phoneQuerySchema.optional() });
export type ListContacts = z.output<typeof listContactsSchema>;

export const contactSchema = z.object({
  id: z.uuid(),
  phone: z.string(),
  name: z.string().nullable(),
  email: z.string().nullable(),
  notes: z.string(),
  language: z.string().nullable(),
  createdAt: z.string(),
  updatedAt: z.string(),
});
export type ContactDto = z.output<typeof contactSchema>;
export const contactPageSchema = pageOf(contactSchema);

export function toContactDto({ createdAt, updatedAt, ...contact }: Contact): ContactDto {
  return { ...contact, createdAt: createdAt.toISOString(), updatedAt: updatedAt.toISOString() };
}

export function toContactPage(page: Page<Contact>): z.output<typeof contactPageSchema> {
  return { items: page.items.map(toContactDto), nextCursor: page.nextCursor };
}
