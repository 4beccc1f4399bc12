import type { ErrorCode } from '../reference/call-errors.ts';
import { DEFAULT_BUDGET, readWebhookTarget, type RequestBudget } from './connection-overrides.ts';
import type { SharedKey } from './signature.ts';
import { attemptWebhook, type Attempt } from './webhook-attempt.ts';
import { sendWebhook, type Network, type WebhookRequest, type WebhookSender } from './webhook-request.ts';

export type WebhookOutcome =
  | {
      readonly kind: 'answered';
      readonly status: number;
      readonly contentType: string;
      readonly body: Buffer;
      readonly attempts: number;
    }
  | { readonly kind: 'failed'; readonly code: ErrorCode; readonly detail: string; readonly attempts: number };

interface WebhookClientOptions {
  readonly authToken: string;
  /** Signs in place of the auth token. */
  readonly sharedKey?: SharedKey | undefined;
  readonly network: Network;
  readonly budget?: Partial<RequestBudget>;
}

/** The shortest connect time that can be set; with less left of the total no further attempt is begun. */
const MIN_ATTEMPT_MS = 100;

/**
 * Requests webhooks the way Twilio does: signed, form encoded, within a budget, retried by policy. Never
 * throws.
 */
export class WebhookClient {
  private readonly sender: WebhookSender;
  private readonly budget: RequestBudget;

  constructor(options: WebhookClientOptions) {
    this.sender = { keys: options, network: options.network };
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
      const attempt = await attemptWebhook(
        () => sendWebhook({ ...webhook, url: target.url }, this.sender),
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
}
