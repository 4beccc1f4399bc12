import type { Message } from '../../entities/message.ts';
import type { OutboxEvent } from '../webhooks/outbox.ts';

/** Events of a message are about its call, where it has one. */
const subjectOf = ({ id, callId }: Message): OutboxEvent['subject'] =>
  callId === null ? { kind: 'message', id } : { kind: 'call', id: callId };

export function receivedEvent(message: Message): OutboxEvent {
  const { id, tenantId, threadId, channel, party, ownAddress, body, mediaCount, createdAt } = message;
  return {
    tenantId,
    type: 'message.received',
    subject: subjectOf(message),
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
    subject: subjectOf(message),
    data: { messageId: id, threadId, channel, from: ownAddress, to: party, callId, ...statusOf(message) },
  };
}

const statusOf = ({ status, reason, changedAt }: Message) => ({ status, reason, changedAt });
