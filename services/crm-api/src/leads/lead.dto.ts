import { leadSourceSchema, leadStageSchema, urgencySchema } from '@tandem/contracts';
import type { Lead, Page } from '@tandem/database';
import { pageOf, pageQuery, phoneQuerySchema } from '@tandem/platform';
import { z } from 'zod';
import {
  checkEnquirer,
  enquirerFields,
  enquiryTextSchema,
  shownContactSchema,
} from '../enquiries/enquiry.dto.ts';
import { nameSchema } from '../http/fields.ts';

export const createLeadSchema = z
  .strictObject({
    ...enquirerFields,
    summary: enquiryTextSchema.describe('What they want, in a sentence or two.'),
    source: leadSourceSchema.optional().describe('Left out: `call` for a tool of a call, else `api`.'),
    urgency: urgencySchema.default('normal'),
    stage: leadStageSchema.default('new'),
  })
  .superRefine((lead, context) => {
    checkEnquirer(lead, context);
    if (lead.contactId === undefined && lead.contactPhone === undefined && lead.name === undefined)
      context.addIssue({
        code: 'custom',
        path: ['name'],
        message: 'say who it is: contactId, contactPhone or name',
      });
  });
export type CreateLead = z.output<typeof createLeadSchema>;

export const updateLeadSchema = z
  .strictObject({
    contactId: z.uuid().nullable(),
    name: nameSchema.nullable(),
    summary: enquiryTextSchema,
    urgency: urgencySchema,
    stage: leadStageSchema,
  })
  .partial()
  .refine((fields) => Object.keys(fields).length > 0, 'name at least one field to change');
export type UpdateLead = z.output<typeof updateLeadSchema>;

export const listLeadsSchema = z.object({
  ...pageQuery,
  contactPhone: phoneQuerySchema.optional(),
  stage: leadStageSchema.optional(),
  urgency: urgencySchema.optional(),
});
export type ListLeads = z.output<typeof listLeadsSchema>;

export const leadSchema = z.object({
  id: z.uuid(),
  contact: shownContactSchema,
  name: z.string().nullable().describe('As it was said.'),
  summary: z.string(),
  source: leadSourceSchema,
  urgency: urgencySchema,
  stage: leadStageSchema,
  callId: z.uuid().nullable().describe('The call that caused it.'),
  createdAt: z.string(),
  updatedAt: z.string(),
});
export const leadPageSchema = pageOf(leadSchema);

export function toLeadDto({ createdAt, updatedAt, ...lead }: Lead): z.output<typeof leadSchema> {
  return { ...lead, createdAt: createdAt.toISOString(), updatedAt: updatedAt.toISOString() };
}

export function toLeadPage(page: Page<Lead>): z.output<typeof leadPageSchema> {
  return { items: page.items.map(toLeadDto), nextCursor: page.nextCursor };
}
