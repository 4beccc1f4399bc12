import type { MigrationInterface, QueryRunner } from 'typeorm';

/*
 * People who sign in: users of a tenant, the browsers they are signed in with, links that sign in once, and
 * attempts that failed. Tokens are stored as SHA-256. Keys that read calls keep reading what was said in
 * them, which has a scope of its own from now on.
 */

const UP = `
CREATE TABLE users (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  tenant_id uuid NOT NULL REFERENCES tenants ON DELETE CASCADE,
  email text NOT NULL CHECK (email = lower(email)),
  name text NOT NULL,
  role text NOT NULL CHECK (role IN ('viewer', 'operator', 'supervisor', 'admin', 'auditor')),
  state text NOT NULL DEFAULT 'invited' CHECK (state IN ('invited', 'active', 'disabled')),
  password_hash text,
  totp_sealed text,
  totp_pending text,
  totp_step integer NOT NULL DEFAULT 0,
  oidc_issuer text,
  oidc_subject text,
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  last_sign_in_at timestamptz(3),
  UNIQUE (tenant_id, id),
  CHECK ((oidc_issuer IS NULL) = (oidc_subject IS NULL))
);
CREATE UNIQUE INDEX users_email ON users (email);
CREATE UNIQUE INDEX users_oidc ON users (oidc_issuer, oidc_subject) WHERE oidc_subject IS NOT NULL;
CREATE INDEX users_by_time ON users (tenant_id, created_at DESC, id DESC);

CREATE TABLE user_sessions (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  tenant_id uuid NOT NULL,
  user_id uuid NOT NULL,
  token_hash bytea NOT NULL UNIQUE,
  previous_hash bytea UNIQUE,
  previous_until timestamptz(3),
  is_to_rotate boolean NOT NULL DEFAULT false,
  method text NOT NULL CHECK (method IN ('link', 'password', 'oidc')),
  address text NOT NULL,
  user_agent text NOT NULL,
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  last_seen_at timestamptz(3) NOT NULL DEFAULT now(),
  reauthenticated_at timestamptz(3) NOT NULL DEFAULT now(),
  FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX user_sessions_of_user ON user_sessions (tenant_id, user_id);
CREATE INDEX user_sessions_by_time ON user_sessions (created_at);

CREATE TABLE sign_in_links (
  token_hash bytea PRIMARY KEY,
  tenant_id uuid NOT NULL,
  user_id uuid NOT NULL,
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  expires_at timestamptz(3) NOT NULL,
  FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX sign_in_links_of_user ON sign_in_links (tenant_id, user_id);
CREATE INDEX sign_in_links_by_end ON sign_in_links (expires_at);

CREATE TABLE sign_in_failures (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  tenant_id uuid NOT NULL,
  user_id uuid NOT NULL,
  reason text NOT NULL CHECK (reason IN ('password', 'code', 'disabled')),
  address text NOT NULL,
  at timestamptz(3) NOT NULL DEFAULT now(),
  FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX sign_in_failures_of_user ON sign_in_failures (tenant_id, user_id, at);
CREATE INDEX sign_in_failures_by_time ON sign_in_failures (at);

ALTER TABLE recording_accesses ADD COLUMN user_id uuid;

UPDATE api_keys SET scopes = array_append(scopes, 'transcripts:read')
  WHERE 'calls:read' = ANY(scopes) AND NOT 'transcripts:read' = ANY(scopes);
`;

const NEW_SCOPES = [
  'transcripts:read',
  'calls:listen',
  'calls:talk',
  'callbacks:write',
  'analytics:read',
  'knowledge:read',
  'knowledge:write',
  'audit:read',
  'users:write',
];

const DOWN = `
UPDATE api_keys SET scopes = ARRAY(
  SELECT scope FROM unnest(scopes) AS scope WHERE scope <> ALL('{${NEW_SCOPES.join(',')}}'::text[]));
ALTER TABLE recording_accesses DROP COLUMN user_id;
DROP TABLE sign_in_failures, sign_in_links, user_sessions, users;
`;

export class People1795607000000 implements MigrationInterface {
  readonly name = 'People1795607000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(UP);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(DOWN);
  }
}
