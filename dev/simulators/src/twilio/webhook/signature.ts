import {
  getExpectedTwilioSignature,
  HMAC_SHA256,
  SIGNATURE_SETTINGS_HEADER,
} from 'twilio/lib/webhooks/webhooks.js';

/** Names and values of a form or query; the order does not matter, every value is a text. */
export type FormFields = Readonly<Record<string, string>>;

/** A signing key of the customer's own, which a webhook rule has put in place of the auth token. */
export interface SharedKey {
  readonly id: string;
  readonly secret: string;
  /** As announced in the header; signed with HMAC_SHA256 in any case. */
  readonly algorithm?: string;
}

/** Keys with which an account signs its requests. */
export interface SigningKeys {
  readonly authToken: string;
  readonly sharedKey?: SharedKey | undefined;
}

/** `X-Twilio-Signature` of a form POST; `url` is the full URL without fragment, query included. */
export function signForm(authToken: string, url: string, fields: FormFields): string {
  return getExpectedTwilioSignature(authToken, url, { ...fields });
}

/** `X-Twilio-Signature` of a GET or of a WebSocket handshake: the URL alone. */
export function signUrl(authToken: string, url: string): string {
  return signForm(authToken, url, {});
}

/** Returns the headers that identify the sender of a webhook and prove it. */
export function signatureHeaders(
  { authToken, sharedKey }: SigningKeys,
  url: string,
  fields: FormFields,
): Record<string, string> {
  if (!sharedKey) return { 'x-twilio-signature': signForm(authToken, url, fields) };
  const { id, secret, algorithm = HMAC_SHA256 } = sharedKey;
  return {
    'x-twilio-signature': getExpectedTwilioSignature(secret, url, { ...fields }, HMAC_SHA256),
    [SIGNATURE_SETTINGS_HEADER.toLowerCase()]: `key=${id},algorithm=${algorithm}`,
  };
}
