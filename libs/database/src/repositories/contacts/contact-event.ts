import type { CallId, TenantId } from '@tandem/contracts';
import type { Contact } from '../../entities/contact.ts';
import { subjectOf, type OutboxEvent } from '../webhooks/outbox.ts';

/** @param about further fields: the contact that became part of this one, or a consent */
export function contactUpdated(
  tenantId: TenantId,
  { id, phones, emails, ...contact }: Contact,
  callId: CallId | null,
  about: object = {},
): OutboxEvent {
  return {
    tenantId,
    type: 'contact.updated',
    subject: subjectOf('contact', id, callId),
    data: {
      contactId: id,
      ...contact,
      phones: phones.map(({ value: number, ...point }) => ({ number, ...point })),
      emails: emails.map(({ value: address, ...point }) => ({ address, ...point })),
      ...about,
    },
  };
}
