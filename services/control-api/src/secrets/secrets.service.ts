import {
  Inject,
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { SealBroken, Sealer } from '@tandem/call-state';
import { TENANT_SECRETS_PURPOSE, tenantSecretPlace, type TenantId } from '@tandem/contracts';
import { MAX_TENANT_SECRETS, SecretRepository, type SealedSecret, type TenantSecret } from '@tandem/database';
import { CONFIG, deriveKeys, FaultLog, Problem, RecurringTask, type ServiceConfig } from '@tandem/platform';

/** As often as signing secrets of webhooks are sealed anew. */
const RESEAL_EVERY_MS = 600_000;

/** Secrets of tenants for the tools of their agents. Their values go in and never come out. */
@Injectable()
export class Secrets implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(Secrets.name);
  private readonly keyId: string;
  private readonly sealer: Sealer;
  private readonly faults = new FaultLog(this.logger, 'seal secrets of tenants anew');
  private readonly task = new RecurringTask(RESEAL_EVERY_MS, () => this.reseal(), this.faults);

  constructor(
    private readonly secrets: SecretRepository,
    @Inject(CONFIG) config: ServiceConfig<'control-api'>,
  ) {
    const keys = deriveKeys(config.secrets, TENANT_SECRETS_PURPOSE);
    this.keyId = keys[0].keyId;
    this.sealer = new Sealer(keys);
  }

  onApplicationBootstrap(): void {
    this.task.start();
    void this.reseal().catch((error: unknown) => this.faults.failed(error));
  }

  beforeApplicationShutdown(): Promise<void> {
    return this.task.stop();
  }

  list(tenantId: TenantId): Promise<TenantSecret[]> {
    return this.secrets.list(tenantId);
  }

  /** @throws Problem 404 */
  async get(tenantId: TenantId, name: string): Promise<TenantSecret> {
    const found = await this.secrets.find(tenantId, name);
    if (!found)
      throw new Problem(
        404,
        'secret-not-found',
        'No such secret',
        'There is no secret of this name. Put it.',
      );
    return found;
  }

  /** @throws Problem 422 `too-many-secrets` */
  async put(tenantId: TenantId, name: string, value: string): Promise<void> {
    const sealed = this.sealer.seal(value, tenantSecretPlace(tenantId, name));
    if ((await this.secrets.put({ tenantId, name, sealed })) === 'full')
      throw new Problem(
        422,
        'too-many-secrets',
        'Too many secrets',
        `A tenant can have ${MAX_TENANT_SECRETS} secrets. Delete one first.`,
      );
  }

  /** Does nothing when there is no such secret. */
  delete(tenantId: TenantId, name: string): Promise<void> {
    return this.secrets.delete(tenantId, name);
  }

  /**
   * Seals secrets anew after TANDEM_SECRET was rotated, so that they no longer need the old one. One that
   * cannot be opened is left as it is.
   */
  async reseal(): Promise<void> {
    let unreadable = 0;
    let left = await this.secrets.sealedOtherwise(this.keyId);
    while (left.length > 0) {
      for (const secret of left) if (!(await this.resealOne(secret))) unreadable += 1;
      left = await this.secrets.sealedOtherwise(this.keyId, left.at(-1));
    }
    if (unreadable > 0)
      this.logger.warn(
        { unreadable },
        'secrets of tenants unreadable: set them anew, or keep the TANDEM_SECRET they were sealed with',
      );
  }

  /** Returns false for a secret that cannot be opened. */
  private async resealOne(secret: SealedSecret): Promise<boolean> {
    const place = tenantSecretPlace(secret.tenantId, secret.name);
    let again: string;
    try {
      again = this.sealer.seal(this.sealer.open(secret.sealed, place), place);
    } catch (error) {
      if (error instanceof SealBroken) return false;
      throw error;
    }
    await this.secrets.reseal(secret, again);
    return true;
  }
}
