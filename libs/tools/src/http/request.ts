import type { HttpTool } from '@tandem/contracts';

export interface HttpRequest {
  readonly method: HttpTool['method'];
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Null for none. */
  readonly body: string | null;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  /** The request must not be sent over a connection that may be closing. */
  readonly isOnOwnConnection: boolean;
}

/** A request without a response. */
export interface HttpFailure {
  readonly kind: 'failure';
  /** `timeout`, `cancelled`, `destination-refused`, or another code in kebab-case. */
  readonly code: string;
  readonly mayHaveArrived: boolean;
}
