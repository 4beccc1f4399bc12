import {
  Inject,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { SealBroken, Sealer } from '@tandem/call-state';
import {
  CALENDAR_SECRETS_PURPOSE,
  calendarCredentialsPlace,
  CRM_SECRETS_PURPOSE,
  crmCredentialsPlace,
  TENANT_SECRETS_PURPOSE,
  tenantSecretPlace,
  WEBHOOK_SECRETS_PURPOSE,
  webhookHeadersPlace,
  webhookSecretPlace,
} from '@tandem/contracts';
import { SEALED_KINDS, SealedValueRepository, type SealedKind, type SealedValue } from '@tandem/database';
import { CONFIG, deriveKeys, FaultLog, Metrics, RecurringTask, type ServiceConfig } from '@tandem/platform';

const EVERY_MS = 600_000;

/** The purpose of the key and the place of values: a value opens under its own only. */
interface Seal {
  readonly purpose: string;
  readonly place: (...key: string[]) => string;
}

const WEBHOOK_SECRET: Seal = { purpose: WEBHOOK_SECRETS_PURPOSE, place: webhookSecretPlace };
const SEALS: Readonly<Record<SealedKind, Seal>> = {
  'tenant-secret': {
    purpose: TENANT_SECRETS_PURPOSE,
    place: tenantSecretPlace,
  },
  'webhook-secret': WEBHOOK_SECRET,
  'webhook-previous-secret': WEBHOOK_SECRET,
  'webhook-headers': { purpose: WEBHOOK_SECRETS_PURPOSE, place: webhookHeadersPlace },
  'crm-credentials': { purpose: CRM_SECRETS_PURPOSE, place: crmCredentialsPlace },
  'calendar-credentials': { purpose: CALENDAR_SECRETS_PURPOSE, place: calendarCredentialsPlace },
};

/**
 * Seals values in the database anew after TANDEM_SECRET was rotated, so that they no longer need the old one.
 * It runs in every replica: each value is replaced only as it was read. One that cannot be opened is left as
 * it is, and counted.
 */
@Injectable()
export class Resealing implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(Resealing.name);
  private readonly faults = new FaultLog(this.logger, 'seal secrets anew');
  private readonly task = new RecurringTask(EVERY_MS, () => this.reseal(), this.faults);
  private readonly unreadable;
  private readonly told = new Map<SealedKind, number>();
  private first: Promise<void> = Promise.resolve();

  constructor(
    @Inject(CONFIG) private readonly config: Pick<ServiceConfig<'post-call-worker'>, 'secrets'>,
    private readonly values: SealedValueRepository,
    metrics: Metrics,
  ) {
    this.unreadable = metrics.gauge({
      name: 'tandem_sealed_values_unreadable',
      help: 'Secrets in PostgreSQL that no TANDEM_SECRET of now opens, by kind',
      labelNames: ['kind'],
    });
  }

  onApplicationBootstrap(): void {
    this.first = this.reseal().catch((error: unknown) => this.faults.failed(error));
    this.task.start();
  }

  async onApplicationShutdown(): Promise<void> {
    await Promise.all([this.first, this.task.stop()]);
  }

  /** Looks at every value that another key has sealed, once. */
  async reseal(): Promise<void> {
    for (const kind of SEALED_KINDS) this.tell(kind, await this.resealAll(kind));
  }

  /** Returns how many values of a kind cannot be opened. */
  private async resealAll(kind: SealedKind): Promise<number> {
    const { purpose, place } = SEALS[kind];
    const keys = deriveKeys(this.config.secrets, purpose);
    const sealer = new Sealer(keys);
    let unreadable = 0;
    let left = await this.values.sealedOtherwise(kind, keys[0].keyId);
    while (left.length > 0) {
      for (const value of left) {
        const again = sealedAgain(sealer, place(...value.key), value);
        if (again === null) unreadable += 1;
        else await this.values.replace(kind, value, again);
      }
      left = await this.values.sealedOtherwise(kind, keys[0].keyId, left.at(-1)?.key);
    }
    return unreadable;
  }

  private tell(kind: SealedKind, unreadable: number): void {
    this.unreadable.set({ kind }, unreadable);
    if (unreadable > 0 && this.told.get(kind) !== unreadable)
      this.logger.warn(
        { kind, unreadable },
        'secrets unreadable: set them anew, or keep the TANDEM_SECRET they were sealed with',
      );
    this.told.set(kind, unreadable);
  }
}

/** Returns the value under the newest key; null when it cannot be opened. */
function sealedAgain(sealer: Sealer, place: string, { sealed }: SealedValue): string | null {
  try {
    return sealer.seal(sealer.open(sealed, place), place);
  } catch (error) {
    if (error instanceof SealBroken) return null;
    throw error;
  }
}
