import { request as httpRequest, type ClientRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { type FormFields, signatureHeaders, type SigningKeys } from './signature.ts';

export type HttpMethod = 'GET' | 'POST';

export interface WebhookRequest {
  /** As configured, a fragment with connection settings included. */
  readonly url: string;
  readonly method: HttpMethod;
  readonly fields: FormFields;
  /** `I-Twilio-Idempotency-Token`: the same over retries and duplicates of one event. */
  readonly idempotencyToken: string;
}

/** Routes of the simulator's outgoing requests. */
export interface Network {
  /**
   * Maps a public URL to the address really connected to; the signature and the Host header stay those of the
   * public one.
   */
  readonly route: (url: URL) => URL;
  readonly tls: { readonly rejectUnauthorized?: boolean; readonly ca?: string };
}

/** Keys and network of all requests of a simulator. */
export interface WebhookSender {
  readonly keys: SigningKeys;
  readonly network: Network;
}

/** Sends the request: signed, form encoded, over a connection of its own. */
export function sendWebhook(webhook: WebhookRequest, { keys, network }: WebhookSender): ClientRequest {
  const { method, fields, idempotencyToken } = webhook;
  const form = new URLSearchParams(fields).toString();
  const url =
    method === 'GET' && form !== ''
      ? `${webhook.url}${webhook.url.includes('?') ? '&' : '?'}${form}`
      : webhook.url;
  const published = new URL(url);
  const address = network.route(published);
  const headers: Record<string, string | number> = {
    host: published.host,
    'user-agent': 'TwilioProxy/1.1',
    accept: '*/*',
    ...signatureHeaders(keys, url, method === 'GET' ? {} : fields),
    'i-twilio-idempotency-token': idempotencyToken,
  };
  if (method === 'POST') {
    headers['content-type'] = 'application/x-www-form-urlencoded; charset=UTF-8';
    headers['content-length'] = Buffer.byteLength(form);
  }
  const open = address.protocol === 'https:' ? httpsRequest : httpRequest;
  const request = open(address, { method, headers, agent: false, ...network.tls });
  request.end(method === 'POST' ? form : undefined);
  return request;
}
