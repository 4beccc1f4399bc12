import { callIdSchema, maskNumbers, visibleText } from '@tandem/contracts';
import { phoneSchema, type Principal } from '@tandem/platform';
import { z } from 'zod';
import { nameSchema } from '../http/fields.ts';
import { toolCallIdOf } from '../http/tool-call-key.ts';

/* Fields of leads and of messages for the staff. */

export const enquiryTextSchema = visibleText(2000).transform(maskNumbers);

/** The person behind an enquiry. */
export const enquirerFields = {
  contactId: z.uuid().optional(),
  contactPhone: phoneSchema
    .optional()
    .describe('The phone number of the contact, which is created if there is none.'),
  name: nameSchema.optional().describe('The person’s name.'),
  callId: callIdSchema
    .optional()
    .describe('The call that caused it. A service says so by its token, and this is ignored.'),
};

interface GivenEnquirer {
  readonly contactId?: string | undefined;
  readonly contactPhone?: string | undefined;
  readonly name?: string | undefined;
  readonly callId?: z.output<typeof callIdSchema> | undefined;
}

/** Reports an enquirer who is named twice. */
export function checkEnquirer(
  { contactId, contactPhone }: GivenEnquirer,
  context: z.core.$RefinementCtx,
): void {
  if (contactId !== undefined && contactPhone !== undefined)
    context.addIssue({ code: 'custom', path: ['contactPhone'], message: 'name contactId or contactPhone' });
}

/** Returns the enquirer and the origin of a request, as they are stored. */
export function enquiryOf(
  { contactId, contactPhone, name, callId }: GivenEnquirer,
  principal: Principal,
  key: string,
) {
  return {
    tenantId: principal.tenantId,
    contactId: contactId ?? null,
    contactPhone: contactPhone ?? null,
    name: name ?? null,
    callId: principal.callId ?? callId ?? null,
    toolCallId: toolCallIdOf(principal, key),
  };
}

export const shownContactSchema = z
  .object({ id: z.uuid(), phone: z.string(), name: z.string().nullable() })
  .nullable();
