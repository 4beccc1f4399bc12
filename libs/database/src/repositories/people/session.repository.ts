import type { TenantId } from '@tandem/contracts';
import { MoreThan, Not, type DataSource } from 'typeorm';
import { DatabaseUnavailable } from '../../connection/database-errors.ts';
import { run, transact } from '../../connection/unit-of-work.ts';
import { UserSessionRow } from '../../entities/people.entities.ts';
import type { OpenSession, SessionLimits, UserSession } from '../../entities/people.ts';
import { ROLE_SCOPES } from '../../entities/roles.ts';
import { findSession, replaceToken } from '../../queries/people/sessions.ts';
import { generateToken, isToken, tokenHash } from '../../rows/secret-token.ts';

/** How exactly the last request is known: a write for each would cost more than it tells. */
const SEEN_NOTED_EVERY_MS = 60_000;
/** How long requests that were under way may still carry a token that was replaced. */
const ROTATION_GRACE_MS = 30_000;

/** The browsers in which users are signed in. */
export class SessionRepository {
  constructor(private readonly dataSource: DataSource) {}

  /**
   * Returns the session of a token, with the rights its user has now; null when it has ended. After a change
   * of role the token is replaced here.
   */
  async findOpen(token: string, limits: SessionLimits): Promise<OpenSession | null> {
    if (!isToken(token)) return null;
    const hash = tokenHash(token);
    const found = await run(this.dataSource, (manager) => findSession(manager, hash, limits));
    if (!found) return null;
    const { lastSeenAt, isToRotate, ...session } = found;
    if (Date.now() - lastSeenAt.getTime() > SEEN_NOTED_EVERY_MS) await this.noteSeen(found.id);
    const newToken = isToRotate ? await this.replace(found.id, token) : null;
    return { ...session, scopes: ROLE_SCOPES[found.role], newToken };
  }

  /** Gives a session another token; null when that happened meanwhile. */
  async replace(id: string, token: string): Promise<string | null> {
    const next = generateToken();
    const hashes = { from: tokenHash(token), to: tokenHash(next) };
    const isReplaced = await run(this.dataSource, (manager) =>
      replaceToken(manager, id, hashes, ROTATION_GRACE_MS),
    );
    return isReplaced ? next : null;
  }

  /** Notes that the user has proved themselves again, and replaces the token. Returns the new one. */
  reauthenticate(id: string, token: string): Promise<string | null> {
    const next = generateToken();
    return transact(this.dataSource, async (transaction) => {
      const hashes = { from: tokenHash(token), to: tokenHash(next) };
      const isReplaced = await replaceToken(transaction, id, hashes, 0);
      await transaction.update(UserSessionRow, { id }, { reauthenticatedAt: new Date() });
      return isReplaced ? next : null;
    });
  }

  /** The last seen first. */
  async list(
    tenantId: TenantId,
    userId: string,
    { idleMs, longestMs }: SessionLimits,
  ): Promise<UserSession[]> {
    const now = Date.now();
    const rows = await run(this.dataSource, (manager) =>
      manager.find(UserSessionRow, {
        where: {
          tenantId,
          userId,
          lastSeenAt: MoreThan(new Date(now - idleMs)),
          createdAt: MoreThan(new Date(now - longestMs)),
        },
        order: { lastSeenAt: 'DESC', id: 'ASC' },
      }),
    );
    return rows.map(({ id, method, address, userAgent, createdAt, lastSeenAt }) => ({
      id,
      method,
      address,
      userAgent,
      createdAt,
      lastSeenAt,
    }));
  }

  /** Does nothing when this user has no such session. */
  async end(tenantId: TenantId, userId: string, id: string): Promise<void> {
    await run(this.dataSource, (manager) => manager.delete(UserSessionRow, { tenantId, userId, id }));
  }

  async endOthers(tenantId: TenantId, userId: string, kept: string): Promise<void> {
    await run(this.dataSource, (manager) =>
      manager.delete(UserSessionRow, { tenantId, userId, id: Not(kept) }),
    );
  }

  /** A database that can only be read, such as a standby after a failover, does not stop requests here. */
  private async noteSeen(id: string): Promise<void> {
    try {
      await run(this.dataSource, (manager) =>
        manager.update(UserSessionRow, { id }, { lastSeenAt: new Date() }),
      );
    } catch (error) {
      if (!(error instanceof DatabaseUnavailable)) throw error;
    }
  }
}
