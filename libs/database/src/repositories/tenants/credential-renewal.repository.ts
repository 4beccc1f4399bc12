import { randomUUID } from 'node:crypto';
import type { DataSource } from 'typeorm';
import { query, run } from '../../connection/unit-of-work.ts';

const TABLES = { crm: 'crm_connections', calendar: 'calendar_connections' } as const;

/** The kinds of connections whose credentials are renewed. */
export type RenewedKind = keyof typeof TABLES;

/** The right to renew the credentials of a connection, and what they are. */
export interface RenewalLease {
  readonly renewalId: string;
  readonly sealed: string;
}

/** Renewals of credentials that another system replaces: one at a time of each connection. */
export class CredentialRenewalRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** Returns null while another one renews them, and for a connection without credentials. */
  async begin(kind: RenewedKind, connectionId: string, leaseMs: number): Promise<RenewalLease | null> {
    const [lease] = await run(this.dataSource, (manager) =>
      query<RenewalLease>(
        manager,
        `UPDATE ${TABLES[kind]} SET renewal_id = $2, renewing_until = now() + $3 * interval '1 ms'
         WHERE id = $1 AND sealed_credentials IS NOT NULL
           AND (renewing_until IS NULL OR renewing_until <= now())
         RETURNING renewal_id AS "renewalId", sealed_credentials AS sealed`,
        [connectionId, randomUUID(), leaseMs],
      ),
    );
    return lease ?? null;
  }

  /**
   * Stores what they were renewed to, also over ones that were sealed with another key meanwhile.
   * @returns false when the lease has passed to another one, or somebody has set other credentials
   */
  async store(kind: RenewedKind, connectionId: string, renewalId: string, sealed: string): Promise<boolean> {
    const stored = await run(this.dataSource, (manager) =>
      query(
        manager,
        `UPDATE ${TABLES[kind]} SET sealed_credentials = $3 WHERE id = $1 AND renewal_id = $2 RETURNING 1`,
        [connectionId, renewalId, sealed],
      ),
    );
    return stored.length === 1;
  }

  async end(kind: RenewedKind, connectionId: string, renewalId: string): Promise<void> {
    await run(this.dataSource, (manager) =>
      query(
        manager,
        `UPDATE ${TABLES[kind]} SET renewal_id = NULL, renewing_until = NULL
         WHERE id = $1 AND renewal_id = $2`,
        [connectionId, renewalId],
      ),
    );
  }
}
