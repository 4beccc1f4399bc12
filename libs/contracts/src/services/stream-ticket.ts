import { z } from 'zod';
import { callIdSchema, legIdSchema, relayIdSchema, tenantIdSchema } from '../words/ids.ts';

/**
 * The right to attach one caller stream, once: a JWT that travels in a Twilio `<Parameter>` (name and value
 * under 500 characters together) and expires after 60 s. The audience is one relay. A ticket with a newer
 * epoch takes the call over; one with an older epoch is refused.
 */
export const streamTicketSchema = z.object({
  callId: callIdSchema,
  legId: legIdSchema,
  tenantId: tenantIdSchema,
  relayId: relayIdSchema,
  epoch: z.number().int().min(1),
});
export type StreamTicket = z.infer<typeof streamTicketSchema>;

/** Name of the `<Parameter>` that carries the ticket. */
export const TICKET_PARAMETER = 'ticket';
/** How long a ticket may be presented after it was issued. */
export const TICKET_LIFETIME_S = 60;
