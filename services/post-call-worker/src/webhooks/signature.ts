import { createHmac } from 'node:crypto';

/*
 * Standard Webhooks (github.com/standard-webhooks/standard-webhooks, spec 1.0), scheme v1: HMAC-SHA256 over
 * id, timestamp and body joined by dots, keyed with the base64 value after `whsec_`.
 */

const PREFIX = 'whsec_';

/**
 * Returns the headers that identify and sign one attempt. Several secrets give several signatures: a receiver
 * accepts any of them.
 */
export function signedHeaders(
  id: string,
  at: Date,
  body: string,
  secrets: readonly string[],
): Record<string, string> {
  const timestamp = String(Math.floor(at.getTime() / 1000));
  const signatures = secrets.map(
    (secret) =>
      `v1,${createHmac('sha256', Buffer.from(secret.slice(PREFIX.length), 'base64'))
        .update(`${id}.${timestamp}.${body}`)
        .digest('base64')}`,
  );
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signatures.join(' ') };
}
