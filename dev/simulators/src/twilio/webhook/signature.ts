import { getExpectedTwilioSignature } from 'twilio/lib/webhooks/webhooks.js';

/** Names and values of a form or query; the order does not matter, every value is a text. */
export type FormFields = Readonly<Record<string, string>>;

/** `X-Twilio-Signature` of a form POST; `url` is the full URL without fragment, query included. */
export function signForm(authToken: string, url: string, fields: FormFields): string {
  return getExpectedTwilioSignature(authToken, url, { ...fields });
}

/** `X-Twilio-Signature` of a GET or of a WebSocket handshake: the URL alone. */
export function signUrl(authToken: string, url: string): string {
  return getExpectedTwilioSignature(authToken, url, {});
}
