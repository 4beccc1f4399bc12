import { request as httpRequest, type ClientRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { TLSSocket } from 'node:tls';
import type { ErrorCode } from '../reference/call-errors.ts';
import {
  DEFAULT_BUDGET,
  readWebhookTarget,
  type RequestBudget,
  type RetryPolicy,
} from './connection-overrides.ts';
import { type FormFields, signatureHeaders, type SharedKey, type SigningKeys } from './signature.ts';

export type HttpMethod = 'GET' | 'POST';

interface WebhookRequest {
  /** As configured, a fragment with connection settings included. */
  readonly url: string;
  readonly method: HttpMethod;
  readonly fields: FormFields;
  /** `I-Twilio-Idempotency-Token`: the same over retries and duplicates of one event. */
  readonly idempotencyToken: string;
}

export type WebhookOutcome =
  | {
      readonly kind: 'answered';
      readonly status: number;
      readonly contentType: string;
      readonly body: Buffer;
      readonly attempts: number;
    }
  | { readonly kind: 'failed'; readonly code: ErrorCode; readonly detail: string; readonly attempts: number };

/** Routes of the simulator's outgoing requests. */
export interface Network {
  /**
   * Maps a public URL to the address really connected to; the signature and the Host header stay those of the
   * public one.
   */
  readonly route: (url: URL) => URL;
  readonly tls: { readonly rejectUnauthorized?: boolean; readonly ca?: string };
}

interface WebhookClientOptions {
  readonly authToken: string;
  /** Signs in place of the auth token. */
  readonly sharedKey?: SharedKey | undefined;
  readonly network: Network;
  readonly budget?: Partial<RequestBudget>;
}

/** The shortest connect time that can be set; with less left of the total no further attempt is begun. */
const MIN_ATTEMPT_MS = 100;
const MAX_BODY_BYTES = 4 * 1024 * 1024;

type Attempt =
  | {
      readonly kind: 'answered';
      readonly status: number;
      readonly contentType: string;
      readonly body: Buffer;
    }
  | {
      readonly kind: 'failed';
      readonly policy: RetryPolicy;
      readonly code: ErrorCode;
      readonly detail: string;
    };

class AttemptError extends Error {
  readonly policy: RetryPolicy;

  constructor(policy: RetryPolicy, message: string) {
    super(message);
    this.policy = policy;
  }
}

function failedAttempt(error: NodeJS.ErrnoException, isConnected: boolean): Attempt {
  const policy = error instanceof AttemptError ? error.policy : isConnected ? 'rt' : 'ct';
  const detail = error.message || (error.code ?? 'the request failed');
  const code = error.code ?? '';
  if (code.startsWith('HPE_')) return { kind: 'failed', policy, code: 11_206, detail };
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return { kind: 'failed', policy, code: 11_210, detail };
  if (/^ERR_(TLS|SSL)|CERT|SELF_SIGNED|EPROTO/.test(code))
    return { kind: 'failed', policy, code: 11_220, detail };
  return { kind: 'failed', policy, code: policy === 'ct' ? 11_205 : 11_200, detail };
}

async function readBody(response: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of response as AsyncIterable<Buffer>) {
    size += part.length;
    if (size > MAX_BODY_BYTES)
      throw new AttemptError('rt', `the answer is larger than ${MAX_BODY_BYTES} bytes`);
    parts.push(part);
  }
  return Buffer.concat(parts);
}

/**
 * Requests webhooks the way Twilio does: signed, form encoded, within a budget, retried by policy. Never
 * throws.
 */
export class WebhookClient {
  private readonly keys: SigningKeys;
  private readonly network: Network;
  private readonly budget: RequestBudget;

  constructor(options: WebhookClientOptions) {
    this.keys = options;
    this.network = options.network;
    this.budget = { ...DEFAULT_BUDGET, ...options.budget };
  }

  async request(webhook: WebhookRequest): Promise<WebhookOutcome> {
    const target = readWebhookTarget(webhook.url, this.budget);
    if (target.faults.length > 0)
      return { kind: 'failed', code: 11_243, detail: target.faults.join('; '), attempts: 0 };
    if (!URL.canParse(target.url) || !/^https?:$/.test(new URL(target.url).protocol)) {
      return {
        kind: 'failed',
        code: 11_100,
        detail: `"${target.url}" is not an absolute http or https URL`,
        attempts: 0,
      };
    }
    const { budget } = target;
    const deadline = performance.now() + budget.totalMs;
    for (let attempts = 1; ; attempts += 1) {
      const attempt = await this.attempt(
        { ...webhook, url: target.url },
        budget,
        deadline - performance.now(),
      );
      if (attempt.kind === 'answered' && attempt.status < 400) return { ...attempt, attempts };
      const mayRetry =
        attempts <= budget.retries &&
        deadline - performance.now() >= MIN_ATTEMPT_MS &&
        this.isRetried(attempt, budget);
      if (!mayRetry) return { ...attempt, attempts };
    }
  }

  private isRetried(attempt: Attempt, budget: RequestBudget): boolean {
    const { policies } = budget;
    if (policies.has('all')) return true;
    if (attempt.kind === 'failed') return policies.has(attempt.policy);
    return policies.has(attempt.status < 500 ? '4xx' : '5xx');
  }

  private attempt(webhook: WebhookRequest, budget: RequestBudget, leftMs: number): Promise<Attempt> {
    const { promise, resolve } = Promise.withResolvers<Attempt>();
    const request = this.open(webhook);
    let isConnected = false;
    const fail = (policy: RetryPolicy, detail: string) => request.destroy(new AttemptError(policy, detail));
    const connectTimer = setTimeout(
      () => fail('ct', `no connection within ${budget.connectMs} ms`),
      Math.min(budget.connectMs, leftMs),
    );
    const totalTimer = setTimeout(
      () => fail(isConnected ? 'rt' : 'ct', `no answer within ${budget.totalMs} ms in all`),
      leftMs,
    );
    let readTimer: NodeJS.Timeout | undefined;
    const connected = () => {
      isConnected = true;
      clearTimeout(connectTimer);
      readTimer = setTimeout(() => fail('rt', `no answer within ${budget.readMs} ms`), budget.readMs);
    };
    request.on('socket', (socket) =>
      socket.once(socket instanceof TLSSocket ? 'secureConnect' : 'connect', connected),
    );
    request.on('error', (error) => resolve(failedAttempt(error, isConnected)));
    request.on('response', (response) => {
      const status = response.statusCode ?? 0;
      const contentType = response.headers['content-type'] ?? '';
      readBody(response).then(
        (body) => resolve({ kind: 'answered', status, contentType, body }),
        (error: NodeJS.ErrnoException) => {
          request.destroy();
          resolve(failedAttempt(error, true));
        },
      );
    });
    return promise.finally(() => {
      clearTimeout(connectTimer);
      clearTimeout(totalTimer);
      clearTimeout(readTimer);
    });
  }

  private open(webhook: WebhookRequest): ClientRequest {
    const { method, fields, idempotencyToken } = webhook;
    const form = new URLSearchParams(fields).toString();
    const url =
      method === 'GET' && form !== ''
        ? `${webhook.url}${webhook.url.includes('?') ? '&' : '?'}${form}`
        : webhook.url;
    const published = new URL(url);
    const address = this.network.route(published);
    const headers: Record<string, string | number> = {
      host: published.host,
      'user-agent': 'TwilioProxy/1.1',
      accept: '*/*',
      ...signatureHeaders(this.keys, url, method === 'GET' ? {} : fields),
      'i-twilio-idempotency-token': idempotencyToken,
    };
    if (method === 'POST') {
      headers['content-type'] = 'application/x-www-form-urlencoded; charset=UTF-8';
      headers['content-length'] = Buffer.byteLength(form);
    }
    const open = address.protocol === 'https:' ? httpsRequest : httpRequest;
    const request = open(address, { method, headers, agent: false, ...this.network.tls });
    request.end(method === 'POST' ? form : undefined);
    return request;
  }
}
