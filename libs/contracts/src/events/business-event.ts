import { z } from 'zod';

/*
 * What business systems are told, by webhook. An event is written in the transaction of what it tells of, so
 * one exists exactly when the other does. docs/webhooks.md says what each carries.
 */

const BUSINESS_EVENTS = [
  'call.ended',
  'call.refused',
  'callback.requested',
  'booking.created',
  'booking.moved',
  'booking.cancelled',
] as const;
export const businessEventSchema = z.enum(BUSINESS_EVENTS);
export type BusinessEventType = z.infer<typeof businessEventSchema>;

/** Sent when an operator asks for it, to try an endpoint. Nobody can subscribe to it, or not to it. */
export const TEST_EVENT = 'webhook.test';

/**
 * What an event is about. Events about the same are numbered; what a call brought about is about the call.
 */
export interface EventSubject {
  readonly kind: 'call' | 'booking' | 'endpoint';
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

/** Where a webhook's signing secret is sealed: bound to its endpoint, so that it opens nowhere else. */
export const webhookSecretPlace = (endpointId: string): string => `webhook-endpoint:${endpointId}`;

/** Where the headers of a webhook's receiver are sealed: bound to its endpoint as the secret is. */
export const webhookHeadersPlace = (endpointId: string): string => `webhook-headers:${endpointId}`;

/** What keys that seal signing secrets are derived for. */
export const WEBHOOK_SECRETS_PURPOSE = 'webhook-secrets';
