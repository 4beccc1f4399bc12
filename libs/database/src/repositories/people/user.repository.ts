import type { TenantId } from '@tandem/contracts';
import { Not, type DataSource } from 'typeorm';
import { run, transact, type Transaction } from '../../connection/unit-of-work.ts';
import { SignInLinkRow, UserRow, UserSessionRow } from '../../entities/people.entities.ts';
import {
  toAccount,
  toUser,
  type Account,
  type NewUser,
  type User,
  type UserChange,
} from '../../entities/people.ts';
import { lockName } from '../../queries/locks.ts';
import { hasOtherAdmin, insertUser, takeTotpStep } from '../../queries/people/users.ts';
import { newestFirst, startOf, toPageByTime, type Page, type PageRequest } from '../../rows/page.ts';
import { storable } from '../../rows/storable.ts';

/** The most users of a tenant. */
export const MAX_USERS = 1_000;

/** The people of a tenant who sign in. */
export class UserRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** Newest first. @throws CursorMalformed */
  async list(tenantId: TenantId, page: PageRequest): Promise<Page<User>> {
    const start = startOf(page);
    const found = await run(this.dataSource, (manager) => {
      const users = manager
        .createQueryBuilder(UserRow, 'user')
        .where('user.tenantId = :tenantId', { tenantId });
      return newestFirst(users, 'createdAt', start, page.limit);
    });
    return toPageByTime(found, page.limit, toUser);
  }

  async find(tenantId: TenantId, id: string): Promise<Account | null> {
    const row = await run(this.dataSource, (manager) => manager.findOneBy(UserRow, { tenantId, id }));
    return row && toAccount(row);
  }

  /**
   * Makes a user who has not signed in yet. `email-taken`: an installation has one user of an address, of
   * whichever tenant. `too-many-users`: the tenant has {@link MAX_USERS}.
   */
  async create(
    transaction: Transaction,
    tenantId: TenantId,
    fields: NewUser,
  ): Promise<User | 'email-taken' | 'too-many-users'> {
    await lockUsers(transaction, tenantId);
    if ((await transaction.countBy(UserRow, { tenantId })) >= MAX_USERS) return 'too-many-users';
    const id = await insertUser(transaction, tenantId, storable(fields));
    if (id === null) return 'email-taken';
    return toUser(await transaction.findOneByOrFail(UserRow, { tenantId, id }));
  }

  /**
   * Changes the given fields. Another role gives the user's sessions a new token at their next request; a
   * user who is disabled has no session from this moment. `last-admin`: no other admin of the tenant has
   * signed in; nothing is changed then.
   */
  change(
    tenantId: TenantId,
    id: string,
    change: UserChange,
    isCurrent: (before: User) => boolean,
  ): Promise<User | 'not-found' | 'changed-meanwhile' | 'last-admin'> {
    return transact(this.dataSource, async (transaction) => {
      await lockUsers(transaction, tenantId);
      const before = await transaction.findOneBy(UserRow, { tenantId, id });
      if (!before) return 'not-found';
      if (!isCurrent(toUser(before))) return 'changed-meanwhile';
      const after = afterChange(before, change);
      const isAdminNow = after.role === 'admin' && after.state !== 'disabled';
      if (isAdmin(before) && !isAdminNow && !(await hasOtherAdmin(transaction, tenantId, id)))
        return 'last-admin';
      await transaction.update(UserRow, { tenantId, id }, storable(after));
      if (after.role !== before.role)
        await transaction.update(UserSessionRow, { tenantId, userId: id }, { isToRotate: true });
      if (after.state === 'disabled') await endAccess(transaction, tenantId, id);
      return toUser(await transaction.findOneByOrFail(UserRow, { tenantId, id }));
    });
  }

  /** Deletes a user with all sessions; does nothing when there is none. */
  remove(tenantId: TenantId, id: string): Promise<'removed' | 'last-admin'> {
    return transact(this.dataSource, async (transaction) => {
      await lockUsers(transaction, tenantId);
      const user = await transaction.findOneBy(UserRow, { tenantId, id });
      if (!user) return 'removed';
      if (isAdmin(user) && !(await hasOtherAdmin(transaction, tenantId, id))) return 'last-admin';
      await transaction.delete(UserRow, { tenantId, id });
      return 'removed';
    });
  }

  /** Sets the password and ends every session but this one. */
  setPassword(tenantId: TenantId, id: string, passwordHash: string, keptSession: string): Promise<void> {
    return transact(this.dataSource, async (transaction) => {
      await transaction.update(UserRow, { tenantId, id }, { passwordHash });
      await transaction.delete(UserSessionRow, { tenantId, userId: id, id: Not(keptSession) });
      await transaction.delete(SignInLinkRow, { tenantId, userId: id });
    });
  }

  /** Stores the hash of a password that was right, made with the figures of today. */
  async rehash(tenantId: TenantId, id: string, from: string, passwordHash: string): Promise<void> {
    await run(this.dataSource, (manager) =>
      manager.update(UserRow, { tenantId, id, passwordHash: from }, { passwordHash }),
    );
  }

  /** Keeps a secret that was shown, until its user confirms it by a code. */
  async proposeTotp(tenantId: TenantId, id: string, totpPending: string): Promise<void> {
    await run(this.dataSource, (manager) => manager.update(UserRow, { tenantId, id }, { totpPending }));
  }

  /** Turns the second factor on with the secret that was shown, unless another was shown since. */
  async confirmTotp(tenantId: TenantId, id: string, sealed: string, step: number): Promise<boolean> {
    const result = await run(this.dataSource, (manager) =>
      manager.update(
        UserRow,
        { tenantId, id, totpPending: sealed },
        { totpSealed: sealed, totpPending: null, totpStep: step },
      ),
    );
    return result.affected === 1;
  }

  async removeTotp(tenantId: TenantId, id: string): Promise<void> {
    await run(this.dataSource, (manager) =>
      manager.update(UserRow, { tenantId, id }, { totpSealed: null, totpPending: null }),
    );
  }

  /** Takes a code's time step. Returns false for one that was taken before, or an earlier one. */
  takeTotpStep(tenantId: TenantId, id: string, step: number): Promise<boolean> {
    return run(this.dataSource, (manager) => takeTotpStep(manager, tenantId, id, step));
  }
}

const isAdmin = ({ role, state }: UserRow): boolean => role === 'admin' && state !== 'disabled';

/** One change of the users of a tenant at a time: two admins cannot remove each other. */
const lockUsers = (transaction: Transaction, tenantId: TenantId): Promise<void> =>
  lockName(transaction, `users:${tenantId}`);

function afterChange(before: UserRow, { name, role, state }: UserChange) {
  const enabled = before.lastSignInAt === null ? ('invited' as const) : ('active' as const);
  return {
    name: name ?? before.name,
    role: role ?? before.role,
    state: state === undefined ? before.state : state === 'active' ? enabled : state,
  };
}

async function endAccess(transaction: Transaction, tenantId: TenantId, userId: string): Promise<void> {
  await transaction.delete(UserSessionRow, { tenantId, userId });
  await transaction.delete(SignInLinkRow, { tenantId, userId });
}
