import type { ToolOutcome } from '@tandem/contracts';
import type { CrmResponse, CrmProblem } from './crm-http.ts';

type NotOk = Exclude<CrmResponse<never>, { kind: 'ok' }>;

/**
 * Returns the outcome of a request that failed or was refused.
 * @param explain returns the sentence for the model after a refusal; by default crm-api's own
 */
export function outcomeOf(
  answer: NotOk,
  explain: (problem: CrmProblem) => string = (problem) => problem.detail,
): ToolOutcome {
  switch (answer.kind) {
    case 'problem':
      return refused(answer.problem.code, explain(answer.problem));
    case 'failed':
      return { status: 'failed', code: answer.code.slice(0, 80), retryable: answer.retryable };
    case 'cancelled':
      return { status: 'cancelled' };
  }
}

/** Returns how a refusal is explained: by the sentence of its code, else in crm-api's own words. */
export const byCode =
  (sentences: Readonly<Record<string, string>>) =>
  ({ code, detail }: CrmProblem): string =>
    sentences[code] ?? detail;

export function refused(reason: string, detail: string): Extract<ToolOutcome, { status: 'refused' }> {
  return { status: 'refused', reason: reason.slice(0, 80), detail: detail.slice(0, 1000) };
}
