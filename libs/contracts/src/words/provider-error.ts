/** Why an outside service failed, in the categories that call for different reactions. */
export type ProviderErrorCategory =
  'authentication' | 'quota' | 'rate-limit' | 'connectivity' | 'invalid-request' | 'server' | 'unknown';

/** Categories that last until the configuration is changed. */
const PERMANENT: ReadonlySet<ProviderErrorCategory> = new Set(['authentication', 'quota', 'invalid-request']);

/** Longest provider's code in a record. */
const MAX_CODE_LENGTH = 80;

/** A failure of an outside service, classified by the adapter that saw it, because only it can. */
export class ProviderError extends Error {
  override readonly name = 'ProviderError';
  readonly code: string;
  readonly category: ProviderErrorCategory;
  readonly retryable: boolean;
  readonly provider: string;
  readonly requestId: string | undefined;

  constructor(
    message: string,
    details: {
      provider: string;
      code: string;
      category: ProviderErrorCategory;
      retryable?: boolean;
      requestId?: string;
      cause?: unknown;
    },
  ) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = details.code.slice(0, MAX_CODE_LENGTH);
    this.category = details.category;
    this.retryable = details.retryable ?? !PERMANENT.has(details.category);
    this.provider = details.provider;
    this.requestId = details.requestId;
  }

  get isPermanent(): boolean {
    return PERMANENT.has(this.category);
  }
}
