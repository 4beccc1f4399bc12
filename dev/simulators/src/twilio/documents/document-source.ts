import type { WebhookPurpose } from '../leg/call-report.ts';
import type { FormFields } from '../webhook/signature.ts';
import type { HttpMethod } from '../webhook/webhook-request.ts';

/** Source of the next TwiML document. */
export type DocumentSource =
  | {
      readonly kind: 'url';
      readonly url: string;
      readonly method: HttpMethod;
      readonly purpose: WebhookPurpose;
      /** Sent on top of the standard fields. */
      readonly fields: FormFields;
    }
  | { readonly kind: 'twiml'; readonly twiml: string; readonly baseUrl: string | null };

/** Stands in for a voice webhook that fails: a URL, or a document kept by Twilio (a TwiML Bin). */
export type Fallback = { readonly url: string; readonly method?: HttpMethod } | { readonly twiml: string };

/**
 * Requests for documents delivered more than once: all at the same time, one after the other's answer, or
 * spread at random.
 */
export interface DuplicateWebhooks {
  /** Deliveries of each request, 1 to 5. */
  readonly copies: number;
  readonly order: 'concurrent' | 'sequential' | 'shuffled';
  /** The requests delivered more than once; default the voice webhook alone. */
  readonly purposes?: readonly WebhookPurpose[];
}

export function getOrPost(method: string | undefined): HttpMethod {
  return method === 'GET' ? 'GET' : 'POST';
}
