import { z } from 'zod';

/* Words of leads and of messages for the staff, in the API, in tools and in rows. */

export const urgencySchema = z.enum(['low', 'normal', 'high', 'emergency']);
export type Urgency = z.infer<typeof urgencySchema>;

/** Where a lead comes from. */
export const leadSourceSchema = z.enum(['call', 'web', 'api']);
export type LeadSource = z.infer<typeof leadSourceSchema>;

export const leadStageSchema = z.enum(['new', 'contacted', 'qualified', 'won', 'lost']);
export type LeadStage = z.infer<typeof leadStageSchema>;

export const staffMessageStateSchema = z.enum(['open', 'done']);
export type StaffMessageState = z.infer<typeof staffMessageStateSchema>;

/** A purpose for which a contact's consent is kept. */
export const consentPurposeSchema = z.enum(['sms', 'email', 'marketing', 'recording']);
export type ConsentPurpose = z.infer<typeof consentPurposeSchema>;

export const consentStateSchema = z.enum(['granted', 'denied']);
export type ConsentState = z.infer<typeof consentStateSchema>;
