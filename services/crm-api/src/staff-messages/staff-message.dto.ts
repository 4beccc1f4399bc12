import { staffMessageStateSchema, urgencySchema, visibleText } from '@tandem/contracts';
import type { Page, StaffMessage } from '@tandem/database';
import {
  changeOf,
  closesSchema,
  opensSchema,
  pageOf,
  pageQuery,
  phoneQuerySchema,
  phoneSchema,
} from '@tandem/platform';
import { z } from 'zod';
import {
  checkEnquirer,
  enquirerFields,
  enquiryTextSchema,
  shownContactSchema,
} from '../enquiries/enquiry.dto.ts';
import { localIso, nameSchema } from '../http/fields.ts';

const forWhomSchema = nameSchema.describe('Key of a department, or a person or team in free words.');

const callbackAtSchema = z
  .strictObject({
    date: z.iso.date().describe('Local day, YYYY-MM-DD.'),
    from: opensSchema,
    until: closesSchema.optional().describe('Local time, HH:MM; an hour after `from` unless given.'),
  })
  .refine(({ from, until }) => until === undefined || from < until, {
    path: ['until'],
    message: 'must be after from',
  });

export const createStaffMessageSchema = z
  .strictObject({
    ...enquirerFields,
    forWhom: forWhomSchema.optional(),
    body: enquiryTextSchema,
    urgency: urgencySchema.default('normal'),
    callbackWanted: z.boolean().optional().describe('True when callbackAt is given.'),
    callbackAt: callbackAtSchema
      .optional()
      .describe('When a callback suits, by the clock of the business; left out for any time.'),
    calledNumber: phoneSchema
      .optional()
      .describe('The number of the tenant that was called; callbackAt must lie in its opening hours.'),
  })
  .superRefine((message, context) => {
    checkEnquirer(message, context);
    const { callbackAt, callbackWanted = callbackAt !== undefined, contactId, contactPhone } = message;
    if (!callbackWanted && callbackAt !== undefined)
      context.addIssue({ code: 'custom', path: ['callbackAt'], message: 'is for a wanted callback' });
    if (callbackWanted && contactId === undefined && contactPhone === undefined)
      context.addIssue({
        code: 'custom',
        path: ['contactPhone'],
        message: 'is needed for a callback, or contactId',
      });
  })
  .meta({
    example: {
      contactPhone: '+12025550123',
      name: 'Alex Morgan',
      forWhom: 'sales',
      body: 'Please call back about the quote.',
      callbackWanted: true,
      callbackAt: { date: '2027-03-02', from: '09:00', until: '11:00' },
    },
  });
export type CreateStaffMessage = z.output<typeof createStaffMessageSchema>;

export const updateStaffMessageSchema = changeOf({
  forWhom: forWhomSchema.nullable(),
  urgency: urgencySchema,
  state: staffMessageStateSchema,
}).meta({ example: { state: 'done' } });
export type UpdateStaffMessage = z.output<typeof updateStaffMessageSchema>;

export const listStaffMessagesSchema = z.object({
  ...pageQuery,
  contactPhone: phoneQuerySchema.optional(),
  forWhom: visibleText(120).optional().meta({ example: 'sales' }),
  state: staffMessageStateSchema.optional(),
  urgency: urgencySchema.optional(),
  callbackWanted: z
    .stringbool({ truthy: ['true'], falsy: ['false'] })
    .optional()
    .meta({ example: 'true' }),
});
export type ListStaffMessages = z.output<typeof listStaffMessagesSchema>;

export const staffMessageSchema = z
  .object({
    id: z.uuid(),
    contact: shownContactSchema,
    name: z.string().nullable().describe('As it was said.'),
    forWhom: z.string().nullable(),
    body: z.string(),
    urgency: urgencySchema,
    callbackWanted: z.boolean(),
    callbackAt: z
      .object({
        from: z.string().describe('ISO 8601 with the offset of the business at that time.'),
        until: z.string(),
      })
      .nullable(),
    state: staffMessageStateSchema,
    callId: z.uuid().nullable().describe('The call in which it was left.'),
    createdAt: z.string(),
    doneAt: z.string().nullable(),
  })
  .meta({
    example: {
      id: '7a0c1d3e-0000-4000-8008-000000000001',
      contact: { id: '7a0c1d3e-0000-4000-8003-000000000001', phone: '+12025550123', name: 'Alex Morgan' },
      name: 'Alex Morgan',
      forWhom: 'sales',
      body: 'Please call back about the quote.',
      urgency: 'normal',
      callbackWanted: true,
      callbackAt: { from: '2027-03-02T09:00:00-05:00', until: '2027-03-02T11:00:00-05:00' },
      state: 'open',
      callId: 'c3f2a0de-0000-4000-8004-000000000001',
      createdAt: '2027-03-01T14:05:11.000Z',
      doneAt: null,
    },
  });
export const staffMessagePageSchema = pageOf(staffMessageSchema);

export function toStaffMessageDto(message: StaffMessage): z.output<typeof staffMessageSchema> {
  const { id, contact, name, forWhom, body, urgency, state, callId, timeZone } = message;
  const { callbackFrom: from, callbackUntil: until } = message;
  return {
    id,
    contact,
    name,
    forWhom,
    body,
    urgency,
    callbackWanted: message.isCallbackWanted,
    callbackAt: from && until && { from: localIso(from, timeZone), until: localIso(until, timeZone) },
    state,
    callId,
    createdAt: message.createdAt.toISOString(),
    doneAt: message.doneAt?.toISOString() ?? null,
  };
}

export function toStaffMessagePage(page: Page<StaffMessage>): z.output<typeof staffMessagePageSchema> {
  return { items: page.items.map(toStaffMessageDto), nextCursor: page.nextCursor };
}
