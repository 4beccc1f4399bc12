import { leadSourceSchema, leadStageSchema, urgencySchema } from '@tandem/contracts';
import type { Lead, Page } from '@tandem/database';
import { changeOf, pageOf, pageQuery, phoneQuerySchema } from '@tandem/platform';
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
  })
  .meta({
    example: {
      contactPhone: '+12025550123',
      name: 'Alex Morgan',
      summary: 'Wants a quote for a new boiler.',
      source: 'web',
      urgency: 'normal',
    },
  });
export type CreateLead = z.output<typeof createLeadSchema>;

export const updateLeadSchema = changeOf({
  contactId: z.uuid().nullable(),
  name: nameSchema.nullable(),
  summary: enquiryTextSchema,
  urgency: urgencySchema,
  stage: leadStageSchema,
}).meta({ example: { stage: 'contacted' } });
export type UpdateLead = z.output<typeof updateLeadSchema>;

export const listLeadsSchema = z.object({
  ...pageQuery,
  contactPhone: phoneQuerySchema.optional(),
  stage: leadStageSchema.optional(),
  urgency: urgencySchema.optional(),
});
export type ListLeads = z.output<typeof listLeadsSchema>;
export const exportLeadsSchema = listLeadsSchema.omit({ limit: true, cursor: true });
export type ExportLeads = z.output<typeof exportLeadsSchema>;

export const leadSchema = z
  .object({
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
  })
  .meta({
    example: {
      id: '7a0c1d3e-0000-4000-8007-000000000001',
      contact: { id: '7a0c1d3e-0000-4000-8003-000000000001', phone: '+12025550123', name: 'Alex Morgan' },
      name: 'Alex Morgan',
      summary: 'Wants a quote for a new boiler.',
      source: 'call',
      urgency: 'normal',
      stage: 'new',
      callId: 'c3f2a0de-0000-4000-8004-000000000001',
      createdAt: '2027-03-01T14:05:11.000Z',
      updatedAt: '2027-03-01T14:05:11.000Z',
    },
  });
export type LeadDto = z.output<typeof leadSchema>;
export const leadPageSchema = pageOf(leadSchema);

export function toLeadDto({ createdAt, updatedAt, ...lead }: Lead): LeadDto {
  return { ...lead, createdAt: createdAt.toISOString(), updatedAt: updatedAt.toISOString() };
}

export function toLeadPage(page: Page<Lead>): z.output<typeof leadPageSchema> {
  return { items: page.items.map(toLeadDto), nextCursor: page.nextCursor };
}
