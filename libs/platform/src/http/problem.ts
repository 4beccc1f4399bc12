import { HttpException } from '@nestjs/common';

/**
 * RFC 9457 problem details. `code` is stable and ends the `type` URI; `detail` says what happened and what to
 * do.
 */
export interface ProblemDetails {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: string;
  readonly [extra: string]: unknown;
}

export const PROBLEM_TYPE_BASE = 'urn:tandem:problem:';

/** The exception that controllers and services throw to refuse a request. */
export class Problem extends HttpException {
  constructor(
    status: number,
    readonly code: string,
    title: string,
    detail: string,
    extra: Record<string, unknown> = {},
    readonly headers: Record<string, string> = {},
    /** For the log only: the reason the response does not give. */
    readonly reason?: string,
  ) {
    const body: ProblemDetails = {
      type: `${PROBLEM_TYPE_BASE}${code}`,
      title,
      status,
      detail,
      code,
      ...extra,
    };
    super(body, status);
  }
}
