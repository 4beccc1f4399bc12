import { randomUUID } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { SERVICE_TOKEN_PURPOSE, serviceTokenSchema, type CallId, type TenantId } from '@tandem/contracts';
import {
  acrossTenants,
  ApiKeyRepository,
  createDataSource,
  generateApiKey,
  runMigrations,
  type ApiScope,
  type DataSource,
} from '@tandem/database';
import { loadServiceConfig, SignedTokens, startService } from '@tandem/platform';
import { createTestDatabase, testRedisUrl } from '@tandem/stack';
import { crmApi } from '../crm-api.ts';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly body: Record<string, unknown>;
}

export interface Ask {
  readonly as?: string;
  readonly key?: string | null;
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
}

const SECRET = 'a secret for specs only and long enough for one';

export const serviceTokens = new SignedTokens([SECRET], SERVICE_TOKEN_PURPOSE, serviceTokenSchema);

export function serviceToken(tenantId: TenantId, callId?: CallId): Promise<string> {
  return serviceTokens.sign(
    { tenantId, ...(callId ? { callId } : {}) },
    { audience: 'crm-api', lifetimeS: 60 },
  );
}

/** One crm-api in this process on a database of its own. */
export class RunningCrm {
  private constructor(
    readonly url: string,
    readonly databaseUrl: string,
    readonly dataSource: DataSource,
    readonly stop: () => Promise<void>,
    readonly dropDatabase: () => Promise<void>,
  ) {}

  static async start(
    options: { databaseUrl?: string; poolSize?: number; settings?: Record<string, string> } = {},
  ): Promise<RunningCrm> {
    const database = await createTestDatabase();
    await runMigrations(database.url);
    const config = loadServiceConfig('crm-api', {
      HOST: '127.0.0.1',
      CRM_API_PORT: '0',
      LOG_LEVEL: 'silent',
      TANDEM_SECRET: SECRET,
      REDIS_URL: await testRedisUrl(),
      DATABASE_URL: options.databaseUrl ?? database.url,
      DATABASE_POOL_SIZE: String(options.poolSize ?? 10),
      ...options.settings,
    });
    const app = await startService('crm-api', config, crmApi);
    const { port } = (app.getHttpServer() as { address(): AddressInfo }).address();
    const dataSource = await createDataSource({ url: database.url, poolSize: 3 }).initialize();
    const stop = async () => {
      await app.close();
      await dataSource.destroy();
      await database.drop();
    };
    return new RunningCrm(`http://127.0.0.1:${port}`, database.url, dataSource, stop, () => database.drop());
  }

  async ask(method: string, path: string, { as, key, body, headers }: Ask = {}): Promise<Answer> {
    const isUnsafe = method !== 'GET';
    const response = await fetch(this.url + path, {
      method,
      headers: {
        ...(as === undefined ? {} : { authorization: `Bearer ${as}` }),
        ...(isUnsafe && key !== null ? { 'idempotency-key': key ?? randomUUID() } : {}),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      text,
      body: text.startsWith('{') ? (JSON.parse(text) as Answer['body']) : {},
    };
  }

  /** Runs SQL and returns its rows. */
  async sql<Row = Record<string, unknown>>(text: string, ...parameters: unknown[]): Promise<Row[]> {
    const raw: unknown = await acrossTenants(this.dataSource, 'installation', (manager) =>
      manager.query(text, parameters),
    );
    return raw as Row[];
  }

  async apiKey(tenantId: TenantId, scopes: readonly ApiScope[] = ['crm:read', 'crm:write']): Promise<string> {
    const key = generateApiKey();
    await new ApiKeyRepository(this.dataSource).store(tenantId, key, { name: 'spec', scopes });
    return key;
  }

  /** Makes a tenant in New York with `plumbing` (60 min) and people who do it round the clock, every day. */
  async business(people = 1): Promise<{ tenantId: TenantId; apiKey: string }> {
    const tenantId = randomUUID() as TenantId;
    await this.sql(
      `INSERT INTO tenants (id, slug, company_name, time_zone) VALUES ($1, $2, 'Spec', 'America/New_York')`,
      tenantId,
      `t-${tenantId}`,
    );
    await this.sql(
      `INSERT INTO services (tenant_id, key, name, duration_minutes) VALUES ($1, 'plumbing', 'Plumbing', 60)`,
      tenantId,
    );
    await this.sql(
      `INSERT INTO resources (tenant_id, name) SELECT $1, 'Engineer ' || n FROM generate_series(1, ` +
        '$2::integer) n',
      tenantId,
      people,
    );
    await this.sql(
      'INSERT INTO resource_services SELECT $1, r.id, s.id FROM resources r, services s WHERE ' +
        'r.tenant_id = $1 AND s.tenant_id = $1',
      tenantId,
    );
    await this.sql(
      `INSERT INTO resource_hours SELECT $1, id, d, '00:00', '24:00' FROM resources, generate_series(1, ` +
        '7) d WHERE tenant_id = $1',
      tenantId,
    );
    return { tenantId, apiKey: await this.apiKey(tenantId) };
  }
}

/** Returns 9 o'clock New York time, this many days from now. */
export function nineOclock(daysAhead: number): string {
  const day = new Date(Date.now() + daysAhead * 86_400_000).toISOString().slice(0, 10);
  const offset = new Intl.DateTimeFormat('en-US', {
    timeZone: 'America/New_York',
    timeZoneName: 'longOffset',
  }).formatToParts(new Date(`${day}T14:00:00Z`));
  return `${day}T09:00:00${offset.find((part) => part.type === 'timeZoneName')?.value.slice(3) ?? ''}`;
}
