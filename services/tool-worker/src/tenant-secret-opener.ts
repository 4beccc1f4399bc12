import { Inject, Injectable, Logger } from '@nestjs/common';
import { Sealer } from '@tandem/call-state';
import { tenantSecretPlace, type TenantId } from '@tandem/contracts';

/** Injection token: the sealer of tenants' secrets. */
export const TENANT_SECRETS = Symbol('TENANT_SECRETS');

/** Opens the secrets of tenants that come with their calls. */
@Injectable()
export class TenantSecretOpener {
  private readonly logger = new Logger(TenantSecretOpener.name);

  constructor(@Inject(TENANT_SECRETS) private readonly secrets: Sealer) {}

  /** Returns the secret; null when it cannot be opened. */
  open(tenantId: TenantId, name: string, sealed: string): string | null {
    try {
      return String(this.secrets.open(sealed, tenantSecretPlace(tenantId, name)));
    } catch (error) {
      this.logger.error(
        { err: error, tenantId, secret: name },
        'secret unreadable: set it anew, or restore the TANDEM_SECRET it was sealed with',
      );
      return null;
    }
  }
}
