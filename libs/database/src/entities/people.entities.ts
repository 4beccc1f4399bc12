import type { TenantId } from '@tandem/contracts';
import { Column, Entity, PrimaryColumn, PrimaryGeneratedColumn } from 'typeorm';
import type { UserRole } from './roles.ts';

/** `invited` until the first sign-in. A disabled user cannot sign in. */
export type UserState = 'invited' | 'active' | 'disabled';
/** The proof a user gave when signing in. */
export type SignInMethod = 'link' | 'password' | 'oidc';

/** A person of a tenant who signs in. */
@Entity({ name: 'users' })
export class UserRow {
  @PrimaryGeneratedColumn('uuid') id!: string;
  @Column({ name: 'tenant_id', type: 'uuid' }) tenantId!: TenantId;
  /** In lower case; one user of the installation. */
  @Column({ type: 'text' }) email!: string;
  @Column({ type: 'text' }) name!: string;
  @Column({ type: 'text' }) role!: UserRole;
  @Column({ type: 'text', default: 'invited' }) state!: UserState;
  /** Argon2id in the PHC form; null for a user without a password. */
  @Column({ name: 'password_hash', type: 'text', nullable: true }) passwordHash!: string | null;
  /** Sealed secret of the second factor; null without one. */
  @Column({ name: 'totp_sealed', type: 'text', nullable: true }) totpSealed!: string | null;
  /** Sealed secret that was shown and is not confirmed yet. */
  @Column({ name: 'totp_pending', type: 'text', nullable: true }) totpPending!: string | null;
  /** The last time step whose code was taken: no code is taken twice. */
  @Column({ name: 'totp_step', type: 'integer', default: 0 }) totpStep!: number;
  @Column({ name: 'oidc_issuer', type: 'text', nullable: true }) oidcIssuer!: string | null;
  @Column({ name: 'oidc_subject', type: 'text', nullable: true }) oidcSubject!: string | null;
  @Column({ name: 'created_at', type: 'timestamptz', precision: 3, default: () => 'now()' }) createdAt!: Date;
  @Column({ name: 'last_sign_in_at', type: 'timestamptz', precision: 3, nullable: true })
  lastSignInAt!: Date | null;
}

/** A browser in which a user is signed in. */
@Entity({ name: 'user_sessions' })
export class UserSessionRow {
  @PrimaryGeneratedColumn('uuid') id!: string;
  @Column({ name: 'tenant_id', type: 'uuid' }) tenantId!: TenantId;
  @Column({ name: 'user_id', type: 'uuid' }) userId!: string;
  /** SHA-256 of the token in the cookie. */
  @Column({ name: 'token_hash', type: 'bytea' }) tokenHash!: Buffer;
  /** SHA-256 of the token before: requests that were under way when it was replaced still carry it. */
  @Column({ name: 'previous_hash', type: 'bytea', nullable: true }) previousHash!: Buffer | null;
  @Column({ name: 'previous_until', type: 'timestamptz', precision: 3, nullable: true })
  previousUntil!: Date | null;
  /** The next request gets another token. */
  @Column({ name: 'is_to_rotate', type: 'boolean', default: false }) isToRotate!: boolean;
  @Column({ type: 'text' }) method!: SignInMethod;
  @Column({ type: 'text' }) address!: string;
  @Column({ name: 'user_agent', type: 'text' }) userAgent!: string;
  @Column({ name: 'created_at', type: 'timestamptz', precision: 3, default: () => 'now()' }) createdAt!: Date;
  /** To the minute. */
  @Column({ name: 'last_seen_at', type: 'timestamptz', precision: 3, default: () => 'now()' })
  lastSeenAt!: Date;
  @Column({ name: 'reauthenticated_at', type: 'timestamptz', precision: 3, default: () => 'now()' })
  reauthenticatedAt!: Date;
}

/** A link that signs a user in once. */
@Entity({ name: 'sign_in_links' })
export class SignInLinkRow {
  @PrimaryColumn({ name: 'token_hash', type: 'bytea' }) tokenHash!: Buffer;
  @Column({ name: 'tenant_id', type: 'uuid' }) tenantId!: TenantId;
  @Column({ name: 'user_id', type: 'uuid' }) userId!: string;
  @Column({ name: 'created_at', type: 'timestamptz', precision: 3, default: () => 'now()' }) createdAt!: Date;
  @Column({ name: 'expires_at', type: 'timestamptz', precision: 3 }) expiresAt!: Date;
}

/** An attempt to sign in as a known user that failed. */
@Entity({ name: 'sign_in_failures' })
export class SignInFailureRow {
  @PrimaryGeneratedColumn({ type: 'bigint' }) id!: string;
  @Column({ name: 'tenant_id', type: 'uuid' }) tenantId!: TenantId;
  @Column({ name: 'user_id', type: 'uuid' }) userId!: string;
  @Column({ type: 'text' }) reason!: 'password' | 'code' | 'disabled';
  @Column({ type: 'text' }) address!: string;
  @Column({ type: 'timestamptz', precision: 3, default: () => 'now()' }) at!: Date;
}
