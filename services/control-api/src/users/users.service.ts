import { Injectable } from '@nestjs/common';
import type { TenantId } from '@tandem/contracts';
import {
  MAX_USERS,
  ROLE_SCOPES,
  SignInRepository,
  UserRepository,
  type NewUser,
  type Page,
  type SignInLink,
  type Transaction,
  type User,
  type UserRole,
} from '@tandem/database';
import { Precondition, Problem, type Principal } from '@tandem/platform';
import { toUserDto, type ChangeUser, type ListUsers } from './user.dto.ts';

/** The users of a tenant. A key grants, and touches, no role that may do more than itself. */
@Injectable()
export class UsersService {
  constructor(
    private readonly users: UserRepository,
    private readonly signIns: SignInRepository,
  ) {}

  list(tenantId: TenantId, page: ListUsers): Promise<Page<User>> {
    return this.users.list(tenantId, page);
  }

  /** @throws Problem 404 */
  async get(tenantId: TenantId, id: string): Promise<User> {
    const user = await this.users.find(tenantId, id);
    if (!user) throw notFound();
    return user;
  }

  /** @throws Problem 403 `role-not-yours`, 409 `email-taken`, 422 `too-many-users` */
  async invite(
    transaction: Transaction,
    principal: Principal,
    fields: NewUser,
  ): Promise<{ user: User; link: SignInLink }> {
    refuseBeyond(principal, fields.role);
    return this.inviteTo(transaction, principal.tenantId, fields);
  }

  /** Invites to any tenant. @throws Problem 409 `email-taken`, 422 `too-many-users` */
  async inviteTo(
    transaction: Transaction,
    tenantId: TenantId,
    fields: NewUser,
  ): Promise<{ user: User; link: SignInLink }> {
    const user = await this.users.create(transaction, tenantId, fields);
    if (user === 'email-taken') throw emailTaken();
    if (user === 'too-many-users') throw tooMany();
    return { user, link: await this.signIns.makeLink(transaction, user) };
  }

  /** @throws Problem 403 `role-not-yours`, 404, 409 `user-disabled` */
  async link(transaction: Transaction, principal: Principal, id: string): Promise<SignInLink> {
    const user = await this.get(principal.tenantId, id);
    refuseBeyond(principal, user.role);
    if (user.state === 'disabled')
      throw new Problem(409, 'user-disabled', 'The user is disabled', 'Set state to active first.');
    return this.signIns.makeLink(transaction, user);
  }

  /** @throws Problem 403 `role-not-yours`, 404, 409 `last-admin`, 412 `changed-meanwhile` */
  async change(
    principal: Principal,
    id: string,
    change: ChangeUser,
    precondition: Precondition,
  ): Promise<User> {
    const { tenantId } = principal;
    const { role } = await this.get(tenantId, id);
    for (const touched of [role, change.role ?? role]) refuseBeyond(principal, touched);
    const isCurrent = (before: User) => before.role === role && precondition.isMet(toUserDto(before));
    const outcome = await this.users.change(tenantId, id, change, isCurrent);
    if (outcome === 'not-found') throw notFound();
    if (outcome === 'last-admin') throw lastAdmin();
    if (outcome === 'changed-meanwhile') throw Precondition.failed();
    return outcome;
  }

  /** Does nothing when there is no such user. @throws Problem 403 `role-not-yours`, 409 `last-admin` */
  async remove(principal: Principal, id: string): Promise<void> {
    const user = await this.users.find(principal.tenantId, id);
    if (!user) return;
    refuseBeyond(principal, user.role);
    if ((await this.users.remove(principal.tenantId, id)) === 'last-admin') throw lastAdmin();
  }
}

/** An admin gives any role, an auditor's too, whose scopes they do not have; a key gives what it has. */
function refuseBeyond({ kind, scopes }: Principal, role: UserRole): void {
  const missing = ROLE_SCOPES[role].filter((scope) => !scopes.includes(scope));
  if (kind === 'user' || missing.length === 0) return;
  throw new Problem(
    403,
    'role-not-yours',
    'Not allowed',
    `Your key lacks ${missing.join(', ')}, which the role ${role} has.`,
  );
}

const notFound = () => new Problem(404, 'user-not-found', 'No such user', 'There is no user of this id.');

const emailTaken = () =>
  new Problem(
    409,
    'email-taken',
    'There is such a user already',
    'An e-mail address is that of one user of the installation. Take another one, such as ' +
      'robin+second@example.com.',
  );

const tooMany = () =>
  new Problem(422, 'too-many-users', 'Too many users', `A tenant may have ${MAX_USERS} users. Delete one.`);

const lastAdmin = () =>
  new Problem(
    409,
    'last-admin',
    'Not the last admin',
    'No other admin has signed in: nobody could change users and keys any more. Invite another admin, and ' +
      'wait until they have signed in.',
  );
