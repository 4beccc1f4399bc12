import { randomUUID } from 'node:crypto';
import { Sealer } from '@tandem/call-state';
import { CALENDAR_SECRETS_PURPOSE, calendarCredentialsPlace, type TenantId } from '@tandem/contracts';
import {
  acrossTenants,
  BookingRepository,
  CalendarConnectionRepository,
  CalendarSyncRepository,
  createDataSource,
  runMigrations,
  transact,
  type Booking,
  type CalendarConnection,
  type DataSource,
} from '@tandem/database';
import { deriveKeys, loadServiceConfig, startService } from '@tandem/platform';
import { createTestDatabase, testRedisUrl } from '@tandem/stack';
import { postCallWorker } from '../../post-call-worker.ts';

const SECRET = 'a secret for specs only and long enough for one';
const HOUR_MS = 3_600_000;

type App = Awaited<ReturnType<typeof startService>>;

/** A calendar to connect. */
export interface GivenCalendar {
  readonly kind: string;
  readonly address: string;
  readonly credentials: unknown;
}

/** A database with one business, its calendars, and a post-call-worker that is started and stopped. */
export class RunningCalendars {
  tenantId = randomUUID() as TenantId;
  serviceId = '';
  resourceIds: string[] = [];
  private readonly sealer = new Sealer(deriveKeys([SECRET], CALENDAR_SECRETS_PURPOSE));
  private readonly workers: App[] = [];

  private constructor(
    readonly dataSource: DataSource,
    private readonly url: string,
    private readonly drop: () => Promise<void>,
  ) {}

  static async start(): Promise<RunningCalendars> {
    const { url, drop } = await createTestDatabase();
    await runMigrations(url);
    const dataSource = await createDataSource({ url, poolSize: 4 }).initialize();
    return new RunningCalendars(dataSource, url, drop);
  }

  async stop(): Promise<void> {
    await this.rest();
    await this.dataSource.destroy();
    await this.drop();
  }

  /** Begins a spec: a business with two engineers. */
  async begin(): Promise<void> {
    this.tenantId = randomUUID() as TenantId;
    await this.sql(
      `INSERT INTO tenants (id, slug, company_name, time_zone) VALUES ($1, $2, 'Spec', 'America/New_York')`,
      this.tenantId,
      `t-${this.tenantId}`,
    );
    const [service] = await this.sql<{ id: string }>(
      `INSERT INTO services (tenant_id, key, name, duration_minutes) VALUES ($1, 'visit', 'Visit', 60)
       RETURNING id`,
      this.tenantId,
    );
    const resources = await this.sql<{ id: string }>(
      `INSERT INTO resources (tenant_id, name) VALUES ($1, 'Maria'), ($1, 'Tom') RETURNING id`,
      this.tenantId,
    );
    this.serviceId = service!.id;
    this.resourceIds = resources.map(({ id }) => id);
  }

  /** Ends a spec: its workers are stopped and its calendars disconnected. */
  async rest(): Promise<void> {
    await Promise.all(this.workers.splice(0).map((worker) => worker.close()));
    await this.sql('DELETE FROM calendar_connections');
  }

  /** Starts a worker. */
  async work(settings: Record<string, string> = {}): Promise<void> {
    const config = loadServiceConfig('post-call-worker', {
      HOST: '127.0.0.1',
      POST_CALL_WORKER_PORT: '0',
      LOG_LEVEL: 'silent',
      TANDEM_SECRET: SECRET,
      DATABASE_URL: this.url,
      REDIS_URL: await testRedisUrl(),
      TWILIO_AUTH_TOKEN: 'the-auth-token-of-a-carrier',
      OUTBOUND_TRUSTED_NETWORKS: '127.0.0.0/8',
      CALENDAR_TIMEOUT_MS: '5000',
      ...settings,
    });
    this.workers.push(await startService('post-call-worker', config, postCallWorker));
  }

  get connections(): CalendarConnectionRepository {
    return new CalendarConnectionRepository(this.dataSource);
  }

  get sync(): CalendarSyncRepository {
    return new CalendarSyncRepository(this.dataSource);
  }

  /** Connects a calendar of the engineer with this index. */
  async connect({ kind, address, credentials }: GivenCalendar, engineer = 0): Promise<string> {
    const id = randomUUID();
    const sealedCredentials = this.sealer.seal(credentials, calendarCredentialsPlace(id));
    const resourceId = this.resourceIds[engineer]!;
    const fields = { id, resourceId, kind, address, detail: 'service' as const, sealedCredentials };
    await transact(this.dataSource, this.tenantId, (transaction) =>
      this.connections.create(transaction, this.tenantId, fields),
    );
    return id;
  }

  async authorize(id: string, credentials: unknown): Promise<void> {
    const sealed = this.sealer.seal(credentials, calendarCredentialsPlace(id));
    await this.connections.authorize(this.tenantId, id, sealed);
  }

  async connection(id: string): Promise<CalendarConnection> {
    return (await this.connections.find(this.tenantId, id))!;
  }

  /** Reads a calendar now, and returns once that was stored. */
  async read(id: string): Promise<void> {
    const before = (await this.connection(id)).busyReadAt?.getTime() ?? 0;
    await this.connections.wake(this.tenantId, id);
    await this.eventually(async () => {
      const { busyReadAt } = await this.connection(id);
      return (busyReadAt?.getTime() ?? 0) > before;
    });
  }

  /** Books the engineer with this index; null when they are not free. */
  book(startsAt: Date, engineer = 0): Promise<Booking | null> {
    const time = timeFrom(startsAt);
    return transact(this.dataSource, this.tenantId, (transaction) =>
      new BookingRepository(this.dataSource).book(transaction, {
        tenantId: this.tenantId,
        serviceId: this.serviceId,
        resourceIds: [this.resourceIds[engineer]!],
        ...time,
        contactPhone: null,
        name: 'Alex',
        notes: '',
        callId: null,
        toolCallId: null,
      }),
    );
  }

  /** Moves a booking to a time of the engineer with this index. */
  async move(id: string, startsAt: Date, engineer = 0): Promise<void> {
    const resourceIds = [this.resourceIds[engineer]!];
    await transact(this.dataSource, this.tenantId, (transaction) =>
      new BookingRepository(this.dataSource).move(transaction, {
        tenantId: this.tenantId,
        id,
        resourceIds,
        ...timeFrom(startsAt),
      }),
    );
  }

  async cancel(id: string): Promise<void> {
    await transact(this.dataSource, this.tenantId, (transaction) =>
      new BookingRepository(this.dataSource).cancel(transaction, this.tenantId, id),
    );
  }

  /** Waits until nothing is left to write. */
  settled(): Promise<void> {
    return this.eventually(async () => {
      const [left] = await this.sql<{ count: number }>(
        'SELECT count(*)::integer AS count FROM calendar_events WHERE NOT is_settled',
      );
      return left?.count === 0;
    });
  }

  async sql<Row>(text: string, ...parameters: unknown[]): Promise<Row[]> {
    const raw: unknown = await acrossTenants(this.dataSource, 'installation', (manager) =>
      manager.query(text, parameters),
    );
    return raw as Row[];
  }

  async eventually(isSo: () => boolean | Promise<boolean>): Promise<void> {
    for (let waited = 0; !(await isSo()); waited += 50) {
      if (waited > 20_000) throw new Error('Waited in vain.');
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

/** Returns a full hour, this many days from now. */
export const hourIn = (days: number): Date =>
  new Date(Math.ceil(Date.now() / HOUR_MS) * HOUR_MS + days * 86_400_000);

function timeFrom(startsAt: Date) {
  const endsAt = new Date(startsAt.getTime() + HOUR_MS);
  return { startsAt, endsAt, occupiedFrom: startsAt, occupiedUntil: endsAt };
}
