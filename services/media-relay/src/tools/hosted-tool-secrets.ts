import { Inject, Injectable, Logger } from '@nestjs/common';
import { Sealer } from '@tandem/call-state';
import { TENANT_SECRETS_PURPOSE, tenantSecretPlace, type TenantId } from '@tandem/contracts';
import { CONFIG, deriveKeys, type ServiceConfig } from '@tandem/platform';

/**
 * Opens secrets of tenants for servers whose tools the model's provider calls: it must be given their
 * headers. Those of all other tools stay sealed here.
 */
@Injectable()
export class HostedToolSecrets {
  private readonly logger = new Logger(HostedToolSecrets.name);
  private readonly sealer: Sealer;

  constructor(@Inject(CONFIG) { secrets }: Pick<ServiceConfig<'media-relay'>, 'secrets'>) {
    this.sealer = new Sealer(deriveKeys(secrets, TENANT_SECRETS_PURPOSE));
  }

  /** Returns the secret; null when it cannot be opened. */
  open(tenantId: TenantId, name: string, sealed: string): string | null {
    try {
      return String(this.sealer.open(sealed, tenantSecretPlace(tenantId, name)));
    } catch (error) {
      this.logger.error(
        { err: error, tenantId, secret: name },
        'secret unreadable: set it anew, or restore the TANDEM_SECRET it was sealed with',
      );
      return null;
    }
  }
}
