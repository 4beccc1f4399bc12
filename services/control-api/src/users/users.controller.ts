import { Body, Delete, Get, Param, Patch, Post, Query } from '@nestjs/common';
import type { ApiScope, Transaction } from '@tandem/database';
import {
  CurrentPrincipal,
  Endpoint,
  Idempotent,
  idParameterSchema,
  IfMatch,
  NeedsReauthentication,
  onceFor,
  Tagged,
  TenantController,
  type IdParameter,
  type Precondition,
  type Principal,
} from '@tandem/platform';
import { SealedLinks } from './sealed-links.ts';
import {
  changeUserSchema,
  createUserSchema,
  invitedSchema,
  linkAnswerSchema,
  listUsersSchema,
  toUserDto,
  toUserPage,
  userPageSchema,
  userSchema,
  type ChangeUser,
  type CreateUser,
  type ListUsers,
} from './user.dto.ts';
import { UsersService } from './users.service.ts';

const SCOPES = { read: 'admin:read', write: 'users:write' } as const satisfies Record<string, ApiScope>;

/** The people of a tenant who sign in. */
@TenantController('users', { ...SCOPES, isForKeysOnly: true })
export class UsersController {
  constructor(
    private readonly users: UsersService,
    private readonly links: SealedLinks,
  ) {}

  @Get()
  @Endpoint({ summary: 'Users, newest first', success: { schema: userPageSchema } })
  async list(
    @CurrentPrincipal() { tenantId }: Principal,
    @Query({ schema: listUsersSchema }) query: ListUsers,
  ) {
    return toUserPage(await this.users.list(tenantId, query));
  }

  @Get(':id')
  @Tagged()
  @Endpoint({ summary: 'One user', success: { schema: userSchema }, problems: { 404: '`user-not-found`' } })
  async get(
    @CurrentPrincipal() { tenantId }: Principal,
    @Param({ schema: idParameterSchema }) { id }: IdParameter,
  ) {
    return toUserDto(await this.users.get(tenantId, id));
  }

  @Post()
  @NeedsReauthentication()
  @Idempotent()
  @Endpoint({
    summary: 'Invite a user',
    description:
      'The answer has the link for the first sign-in, which lasts 15 minutes; POST …/link makes another. A ' +
      'provider’s user of the same verified address needs no link.',
    success: { status: 201, schema: invitedSchema },
    problems: { 403: '`role-not-yours`', 409: '`email-taken`', 422: '`too-many-users`' },
  })
  invite(@CurrentPrincipal() principal: Principal, @Body({ schema: createUserSchema }) body: CreateUser) {
    const effect = async (transaction: Transaction) => {
      const { user, link } = await this.users.invite(transaction, principal, body);
      return { user: toUserDto(user), link: this.links.seal(link) };
    };
    return onceFor(body, effect, ({ user, link }) => ({ user, link: this.links.open(link) }));
  }

  @Post(':id/link')
  @NeedsReauthentication()
  @Idempotent()
  @Endpoint({
    summary: 'Make a sign-in link for a user',
    description: 'For an invitation that has expired, or a lost password or phone. An earlier link ends.',
    success: { status: 201, schema: linkAnswerSchema },
    problems: { 403: '`role-not-yours`', 404: '`user-not-found`', 409: '`user-disabled`' },
  })
  link(@CurrentPrincipal() principal: Principal, @Param({ schema: idParameterSchema }) { id }: IdParameter) {
    const effect = async (transaction: Transaction) =>
      this.links.seal(await this.users.link(transaction, principal, id));
    return onceFor({}, effect, (stored) => this.links.open(stored));
  }

  @Patch(':id')
  @NeedsReauthentication()
  @Tagged({ change: true })
  @Endpoint({
    summary: 'Change name, role or state of a user',
    description:
      'Applies from the next request of the user on. A disabled user is signed out everywhere at once.',
    success: { schema: userSchema },
    problems: { 403: '`role-not-yours`', 404: '`user-not-found`', 409: '`last-admin`' },
  })
  async change(
    @CurrentPrincipal() principal: Principal,
    @Param({ schema: idParameterSchema }) { id }: IdParameter,
    @IfMatch() precondition: Precondition,
    @Body({ schema: changeUserSchema }) body: ChangeUser,
  ) {
    return toUserDto(await this.users.change(principal, id, body, precondition));
  }

  @Delete(':id')
  @NeedsReauthentication()
  @Endpoint({
    summary: 'Delete a user',
    success: { status: 204, description: 'Also when there was none.' },
    problems: { 403: '`role-not-yours`', 409: '`last-admin`' },
  })
  async remove(
    @CurrentPrincipal() principal: Principal,
    @Param({ schema: idParameterSchema }) { id }: IdParameter,
  ): Promise<void> {
    await this.users.remove(principal, id);
  }
}
