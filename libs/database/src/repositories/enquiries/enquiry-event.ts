import type { TenantId } from '@tandem/contracts';
import type { Lead, StaffMessage } from '../../entities/enquiry.ts';
import { subjectOf, type OutboxEvent } from '../webhooks/outbox.ts';

export function leadEvent(tenantId: TenantId, { id, ...lead }: Lead): OutboxEvent {
  return {
    tenantId,
    type: 'lead.created',
    subject: subjectOf('lead', id, lead.callId),
    data: { leadId: id, ...lead },
  };
}

export function staffMessageEvent(tenantId: TenantId, stored: StaffMessage): OutboxEvent {
  const { id, isCallbackWanted, callbackFrom: from, callbackUntil: until, ...message } = stored;
  return {
    tenantId,
    type: 'staff-message.created',
    subject: subjectOf('staff-message', id, message.callId),
    data: {
      staffMessageId: id,
      ...message,
      callbackWanted: isCallbackWanted,
      callbackAt: from && until && { from, until },
    },
  };
}
