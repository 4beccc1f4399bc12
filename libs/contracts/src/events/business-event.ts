import { z } from 'zod';

/*
 * Events for business systems, sent by webhook. An event is written in the transaction of the change it
 * reports, so one exists exactly when the other does. docs/webhooks.md lists their content.
 */

const BUSINESS_EVENTS = [
  'call.started',
  'call.ended',
  'call.analysed',
  'call.refused',
  'callback.requested',
  'booking.created',
  'booking.moved',
  'booking.cancelled',
  'contact.updated',
  'lead.created',
  'staff-message.created',
  'message.received',
  'message.status',
  'transcript.ready',
  'waiting-list.offered',
] as const;
export const businessEventSchema = z.enum(BUSINESS_EVENTS);
export type BusinessEventType = z.infer<typeof businessEventSchema>;

/**
 * Sent only to endpoints that name it: a transcript is more personal than what an endpoint without a list of
 * events was set up for.
 */
export const NAMED_ONLY_EVENT = 'transcript.ready' satisfies BusinessEventType;

/** Sent at an operator's request, to test an endpoint. It needs no subscription. */
export const TEST_EVENT = 'webhook.test';

/**
 * The subject of an event. Events about one subject are numbered; events a call caused are about the call.
 */
export interface EventSubject {
  readonly kind:
    'call' | 'booking' | 'contact' | 'lead' | 'staff-message' | 'message' | 'waiting-list' | 'endpoint';
  readonly id: string;
}

/** The body of a webhook: Standard Webhooks' three fields, and what orders and identifies the event. */
export interface WebhookBody {
  readonly id: string;
  readonly type: string;
  /** When it happened, ISO 8601. */
  readonly timestamp: string;
  readonly tenantId: string;
  readonly subject: EventSubject;
  /** From 1, without gaps, over everything there is about the subject. */
  readonly sequence: number;
  readonly data: unknown;
}

/**
 * The place a webhook's signing secret is bound to when sealed: its endpoint, so that it opens nowhere else.
 */
export const webhookSecretPlace = (endpointId: string): string => `webhook-endpoint:${endpointId}`;

/** The place the headers of a webhook are bound to when sealed: their endpoint, as the secret is. */
export const webhookHeadersPlace = (endpointId: string): string => `webhook-headers:${endpointId}`;

/** The purpose for which keys that seal signing secrets are derived. */
export const WEBHOOK_SECRETS_PURPOSE = 'webhook-secrets';
