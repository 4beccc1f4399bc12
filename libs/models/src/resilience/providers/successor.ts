import type { ProviderError } from '@tandem/contracts';
import { healthOf } from './fallback-chain.ts';
import type { ProviderSession } from './provider-session.ts';
import type { Renewal } from './renewal.ts';

export interface SuccessorParts {
  readonly renewal: Renewal;
  /** Opens another session of the model in use; null when there is none to renew. */
  readonly open: () => ProviderSession | null;
  readonly onFault: (error: ProviderError) => void;
}

/** The session a renewal prepares beside the one in use, until it is ready to take over. */
export class Successor {
  session: ProviderSession | null = null;
  private isForced = false;

  constructor(private readonly parts: SuccessorParts) {}

  prepare(isForced: boolean): void {
    this.isForced = isForced;
    this.session = this.parts.open();
    if (!this.session) this.parts.renewal.onFailed();
  }

  /** Returns the session for use, ready or not: from now on it is no successor. */
  release(): ProviderSession | null {
    const { session } = this;
    this.session = null;
    return session;
  }

  /** The session in use has changed, so a prepared one is stale. */
  invalidate(): void {
    const { renewal } = this.parts;
    renewal.onActivity();
    if (!this.session || this.isForced) return;
    this.drop();
    renewal.onAbandoned();
  }

  /** The prepared session did not open, or was lost. */
  failed(error: ProviderError): void {
    const failed = this.release();
    if (failed) healthOf(failed.target).openFailed(error);
    this.parts.onFault(error);
    this.parts.renewal.onFailed();
  }

  drop(): void {
    this.release()?.session.close();
  }
}
