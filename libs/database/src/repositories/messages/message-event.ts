import type { Message } from '../../entities/message.ts';
import { subjectOf, type OutboxEvent } from '../webhooks/outbox.ts';

export function receivedEvent(message: Message): OutboxEvent {
  const { id, tenantId, threadId, channel, party, ownAddress, body, mediaCount, createdAt, callId } = message;
  return {
    tenantId,
    type: 'message.received',
    subject: subjectOf('message', id, callId),
    facets: { numbers: [ownAddress] },
    data: {
      messageId: id,
      threadId,
      channel,
      from: party,
      to: ownAddress,
      body,
      mediaCount,
      receivedAt: createdAt,
      ...statusOf(message),
    },
  };
}

export function statusEvent(message: Message): OutboxEvent {
  const { id, tenantId, threadId, channel, ownAddress, party, callId } = message;
  return {
    tenantId,
    type: 'message.status',
    subject: subjectOf('message', id, callId),
    facets: { numbers: [ownAddress] },
    data: { messageId: id, threadId, channel, from: ownAddress, to: party, callId, ...statusOf(message) },
  };
}

const statusOf = ({ status, reason, changedAt }: Message) => ({ status, reason, changedAt });
