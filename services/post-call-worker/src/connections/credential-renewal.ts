import { setTimeout as delay } from 'node:timers/promises';
import type { CredentialRenewalRepository, RenewedKind } from '@tandem/database';

/** How long past the time limit of its request a renewal keeps others away. */
const LEASE_MARGIN_MS = 10_000;
const LOOK_EVERY_MS = 100;
/** A replaced token is void: storing the new one is tried for as long as a failover of Postgres takes. */
const STORE_TRIES = 8;
const STORE_PAUSE_MS = 1_000;

export interface RenewalSteps<T> {
  /** Returns what is needed from credentials as they are now; null when they must be renewed. */
  current(credentials: unknown): T | null;
  /** Asks the other system. */
  request(credentials: unknown): Promise<{ readonly credentials: unknown; readonly result: T }>;
}

/** Credentials that are being renewed elsewhere for longer than that can take, or are gone. */
export class RenewalBusy extends Error {
  override readonly name = 'RenewalBusy';
  readonly code = 'renewal-busy';
  constructor(connectionId: string) {
    super(
      `The credentials of connection ${connectionId} are being renewed elsewhere, or were taken away. ` +
        'They are looked at again with the next attempt.',
    );
  }
}

/** The sealing of the credentials of one kind of connections. */
export interface CredentialSeal {
  sealCredentials(connectionId: string, credentials: unknown): string;
  openCredentials(connectionId: string, sealed: string): unknown;
}

/**
 * Renews credentials of connections, one at a time of each connection whatever the number of replicas: a
 * refresh token that rotates may be used once. The others wait, and use what the first one got.
 */
export class CredentialRenewal {
  constructor(
    private readonly renewals: CredentialRenewalRepository,
    private readonly kind: RenewedKind,
    private readonly seal: CredentialSeal,
  ) {}

  /** @param timeoutMs time limit of the request @throws RenewalBusy, and what the steps throw */
  async renew<T>(connectionId: string, timeoutMs: number, steps: RenewalSteps<T>): Promise<T> {
    const leaseMs = timeoutMs + LEASE_MARGIN_MS;
    const until = Date.now() + leaseMs;
    let lease = await this.renewals.begin(this.kind, connectionId, leaseMs);
    while (lease === null) {
      if (Date.now() > until) throw new RenewalBusy(connectionId);
      await delay(LOOK_EVERY_MS);
      lease = await this.renewals.begin(this.kind, connectionId, leaseMs);
    }
    const { renewalId, sealed } = lease;
    try {
      const opened = this.seal.openCredentials(connectionId, sealed);
      const known = steps.current(opened);
      if (known !== null) return known;
      const { credentials, result } = await steps.request(opened);
      await this.store(connectionId, renewalId, this.seal.sealCredentials(connectionId, credentials));
      return result;
    } finally {
      // Where this fails, others wait until the lease is over.
      await this.renewals.end(this.kind, connectionId, renewalId).catch(() => undefined);
    }
  }

  /** Credentials that somebody has set meanwhile stay; the next attempt has them. */
  private async store(connectionId: string, renewalId: string, sealed: string): Promise<void> {
    for (let tries = 1; ; tries += 1)
      try {
        await this.renewals.store(this.kind, connectionId, renewalId, sealed);
        return;
      } catch (error) {
        if (tries === STORE_TRIES) throw error;
        await delay(STORE_PAUSE_MS);
      }
  }
}
