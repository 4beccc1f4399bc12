import { Sealer } from '@tandem/call-state';
import {
  CRM_SECRETS_PURPOSE,
  crmCredentialsPlace,
  TENANT_SECRETS_PURPOSE,
  tenantSecretPlace,
  type TenantId,
} from '@tandem/contracts';
import { deriveKeys } from '@tandem/platform';
import type { CredentialSeal } from '../connections/credential-renewal.ts';

/** Secrets of a push, opened and sealed: the credentials of its connection, and secrets of its tenant. */
export class CrmSecrets implements CredentialSeal {
  private readonly credentials: Sealer;
  private readonly ofTenants: Sealer;

  /** @param secrets TANDEM_SECRET, the newest first */
  constructor(secrets: readonly string[]) {
    this.credentials = new Sealer(deriveKeys(secrets, CRM_SECRETS_PURPOSE));
    this.ofTenants = new Sealer(deriveKeys(secrets, TENANT_SECRETS_PURPOSE));
  }

  sealCredentials(connectionId: string, credentials: unknown): string {
    return this.credentials.seal(credentials, crmCredentialsPlace(connectionId));
  }

  openCredentials(connectionId: string, sealed: string): unknown {
    return this.credentials.open(sealed, crmCredentialsPlace(connectionId));
  }

  openSecret(tenantId: TenantId, name: string, sealed: string): string {
    return String(this.ofTenants.open(sealed, tenantSecretPlace(tenantId, name)));
  }
}
