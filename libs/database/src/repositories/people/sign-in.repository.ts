import type { TenantId } from '@tandem/contracts';
import type { DataSource } from 'typeorm';
import { run, transact, type Transaction } from '../../connection/unit-of-work.ts';
import {
  SignInFailureRow,
  SignInLinkRow,
  UserRow,
  UserSessionRow,
  type SignInMethod,
} from '../../entities/people.entities.ts';
import {
  toAccount,
  type Account,
  type Browser,
  type SessionLimits,
  type SignInFailure,
} from '../../entities/people.ts';
import { endSurplus, purgeSignIns, takeLink } from '../../queries/people/sessions.ts';
import { tieSubject } from '../../queries/people/users.ts';
import { generateToken, isToken, tokenHash } from '../../rows/secret-token.ts';
import { storable } from '../../rows/storable.ts';

/** How long a link can be used. */
export const SIGN_IN_LINK_MS = 15 * 60_000;
/** How long failed attempts are kept. */
const KEEP_FAILURES_MS = 90 * 86_400_000;
const SHOWN_FAILURES = 20;

type Owner = Pick<Account, 'id' | 'tenantId'>;

/** A new link: its token is stored nowhere. */
export interface SignInLink {
  readonly token: string;
  readonly expiresAt: Date;
}

/** Finds the user of a sign-in, of whichever tenant, and begins the session. */
export class SignInRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** Makes the one link of a user: earlier ones end. */
  async makeLink(transaction: Transaction, { id: userId, tenantId }: Owner): Promise<SignInLink> {
    const token = generateToken();
    const expiresAt = new Date(Date.now() + SIGN_IN_LINK_MS);
    await transaction.delete(SignInLinkRow, { tenantId, userId });
    await transaction.insert(SignInLinkRow, { tokenHash: tokenHash(token), tenantId, userId, expiresAt });
    return { token, expiresAt };
  }

  /** Makes a link for the user of an address. Returns null where none can sign in. */
  makeLinkFor(email: string): Promise<SignInLink | null> {
    return transact(this.dataSource, async (transaction) => {
      const user = await transaction.findOneBy(UserRow, { email: email.toLowerCase() });
      return user && user.state !== 'disabled' ? this.makeLink(transaction, user) : null;
    });
  }

  /** Returns the user of a link, which cannot be used again; null for any other text. */
  takeLink(token: string): Promise<Account | null> {
    if (!isToken(token)) return Promise.resolve(null);
    return transact(this.dataSource, async (transaction) => {
      const owner = await takeLink(transaction, tokenHash(token));
      const row =
        owner && (await transaction.findOneBy(UserRow, { tenantId: owner.tenantId, id: owner.userId }));
      return row && toAccount(row);
    });
  }

  async byEmail(email: string): Promise<Account | null> {
    const row = await run(this.dataSource, (manager) => manager.findOneBy(UserRow, { email }));
    return row && toAccount(row);
  }

  /**
   * Returns the user of a subject of the provider: the one tied to it, or the one of the address, who is
   * tied to it from then on.
   * @param email null where the provider has not verified it
   */
  bySubject(issuer: string, subject: string, email: string | null): Promise<Account | null> {
    return transact(this.dataSource, async (transaction) => {
      const known = await transaction.findOneBy(UserRow, { oidcIssuer: issuer, oidcSubject: subject });
      if (known) return toAccount(known);
      const invited = email === null ? null : await transaction.findOneBy(UserRow, { email });
      if (!invited || invited.state === 'disabled') return null;
      return (await tieSubject(transaction, invited.id, issuer, subject)) ? toAccount(invited) : null;
    });
  }

  /**
   * Begins a session and returns its token; null for a user who was disabled meanwhile.
   * @param replaced the token of the browser's session before, which ends
   */
  begin(
    { id: userId, tenantId }: Owner,
    method: SignInMethod,
    browser: Browser,
    replaced: string | null,
  ): Promise<string | null> {
    const token = generateToken();
    return transact(this.dataSource, async (transaction) => {
      const [user] = await transaction.find(UserRow, {
        where: { tenantId, id: userId },
        lock: { mode: 'pessimistic_write' },
      });
      if (!user || user.state === 'disabled') return null;
      if (replaced !== null) await transaction.delete(UserSessionRow, { tokenHash: tokenHash(replaced) });
      const fields = { tenantId, userId, method, tokenHash: tokenHash(token) };
      await transaction.insert(UserSessionRow, { ...fields, ...storable(browser) });
      await transaction.update(UserRow, { id: userId }, { state: 'active', lastSignInAt: new Date() });
      await endSurplus(transaction, tenantId, userId);
      return token;
    });
  }

  async noteFailure(user: Owner, reason: SignInFailure['reason'], address: string): Promise<void> {
    const { id: userId, tenantId } = user;
    await run(this.dataSource, (manager) =>
      manager.insert(SignInFailureRow, { tenantId, userId, reason, address }),
    );
  }

  /** The latest attempts that failed, 20 at most. */
  async failures(tenantId: TenantId, userId: string): Promise<SignInFailure[]> {
    const rows = await run(this.dataSource, (manager) =>
      manager.find(SignInFailureRow, {
        where: { tenantId, userId },
        order: { at: 'DESC' },
        take: SHOWN_FAILURES,
      }),
    );
    return rows.map(({ reason, address, at }) => ({ reason, address, at }));
  }

  /** Deletes sessions and links that have ended, and failed attempts that are old. */
  purge(limits: SessionLimits): Promise<void> {
    return transact(this.dataSource, (transaction) => purgeSignIns(transaction, limits, KEEP_FAILURES_MS));
  }
}
