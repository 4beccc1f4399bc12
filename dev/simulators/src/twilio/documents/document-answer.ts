import type { ErrorCode } from '../reference/call-errors.ts';
import type { WebhookOutcome } from '../webhook/webhook-client.ts';

/** A document that cannot be loaded or run. */
export class DocumentFault extends Error {
  override readonly name = 'DocumentFault';
  readonly code: ErrorCode;
  readonly url: string;

  constructor(code: ErrorCode, detail: string, url: string) {
    super(detail);
    this.code = code;
    this.url = url;
  }
}

const MAX_TWIML_BYTES = 64 * 1024;
const MAX_EXPLANATION_CHARACTERS = 500;
const TWIML_TYPES = /^(text|application)\/xml\s*(;|$)/i;

/** Returns the TwiML of an answer. Throws `DocumentFault` when it is none that Twilio would take. */
export function checkAnswer(outcome: WebhookOutcome, url: string): string {
  if (outcome.kind === 'failed') throw new DocumentFault(outcome.code, outcome.detail, url);
  const { status, contentType, body } = outcome;
  if (status < 200 || status >= 300)
    throw new DocumentFault(11_200, `the server answered ${status}${explanationIn(contentType, body)}`, url);
  if (!TWIML_TYPES.test(contentType))
    throw new DocumentFault(12_300, `"${contentType}" is not a type of TwiML`, url);
  if (body.length > MAX_TWIML_BYTES)
    throw new DocumentFault(11_750, `${body.length} bytes, at most ${MAX_TWIML_BYTES}`, url);
  return body.toString('utf8');
}

/** Returns the detail of a refusal in JSON (RFC 9457), for the report. */
function explanationIn(contentType: string, body: Buffer): string {
  if (!/^application\/(problem\+)?json\s*(;|$)/i.test(contentType)) return '';
  try {
    const { detail, title } = JSON.parse(body.toString('utf8')) as { detail?: unknown; title?: unknown };
    const told = typeof detail === 'string' ? detail : title;
    return typeof told === 'string' ? `: ${told.slice(0, MAX_EXPLANATION_CHARACTERS)}` : '';
  } catch {
    return '';
  }
}
