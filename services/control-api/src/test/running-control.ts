import { randomUUID } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import type { TenantId } from '@tandem/contracts';
import {
  acrossTenants,
  AgentDirectory,
  ApiKeyRepository,
  CallRepository,
  createDataSource,
  generateApiKey,
  runMigrations,
  type ApiScope,
  type DataSource,
} from '@tandem/database';
import { loadServiceConfig, startService } from '@tandem/platform';
import { createTestDatabase, testRedisUrl } from '@tandem/stack';
import { controlApi } from '../control-api.ts';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly body: Record<string, unknown>;
}

export interface Operator {
  readonly tenantId: TenantId;
  readonly apiKey: string;
  readonly apiKeyId: string;
  readonly agentId: string;
  readonly numberId: string;
  readonly e164: string;
  readonly endpointId: string;
}

export const CONTROL_SECRET = 'a secret for specs only and long enough for one';

/** One control-api in this process on a database of its own. */
export class RunningControl {
  private lastNumber = 100;

  private constructor(
    readonly url: string,
    readonly dataSource: DataSource,
    readonly stop: () => Promise<void>,
  ) {}

  static async start(settings: Record<string, string> = {}): Promise<RunningControl> {
    const { url, drop } = await createTestDatabase();
    await runMigrations(url);
    const config = loadServiceConfig('control-api', {
      HOST: '127.0.0.1',
      CONTROL_API_PORT: '0',
      LOG_LEVEL: 'silent',
      TANDEM_SECRET: CONTROL_SECRET,
      DATABASE_URL: url,
      REDIS_URL: await testRedisUrl(),
      ...settings,
    });
    const app = await startService('control-api', config, controlApi);
    const { port } = (app.getHttpServer() as { address(): AddressInfo }).address();
    const dataSource = await createDataSource({ url, poolSize: 3 }).initialize();
    return new RunningControl(`http://127.0.0.1:${port}`, dataSource, async () => {
      await app.close();
      await dataSource.destroy();
      await drop();
    });
  }

  async ask(
    method: string,
    path: string,
    as?: string,
    body?: unknown,
    key: string | null = randomUUID(),
    ifMatch?: string | null,
  ): Promise<Answer> {
    const response = await fetch(this.url + path, {
      method,
      headers: {
        ...(as === undefined ? {} : { authorization: `Bearer ${as}` }),
        ...(key === null ? {} : { 'idempotency-key': key }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(ifMatch ? { 'if-match': ifMatch } : {}),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      text,
      body: text.startsWith('{') ? (JSON.parse(text) as Answer['body']) : {},
    };
  }

  async apiKey(tenantId: TenantId, scopes: readonly ApiScope[]): Promise<string> {
    const key = generateApiKey();
    await new ApiKeyRepository(this.dataSource).store(tenantId, key, { name: 'spec', scopes });
    return key;
  }

  /** Makes a tenant in New York with an agent behind a number. */
  async operator(): Promise<Operator> {
    const tenantId = randomUUID() as TenantId;
    const agentId = randomUUID();
    const e164 = `+12025550${(this.lastNumber += 1)}`;
    await this.sql(
      `INSERT INTO tenants (id, slug, company_name, time_zone) VALUES ($1, $2, 'Spec', 'America/New_York')`,
      tenantId,
      `t-${tenantId}`,
    );
    await new AgentDirectory(this.dataSource).publish(tenantId, agentId, {
      name: 'Sarah',
      companyName: 'Spec',
      timeZone: 'America/New_York',
      instructions: 'Be kind.',
      model: { kind: 'guided' },
    });
    const [number] = await this.sql<{ id: string }>(
      'INSERT INTO phone_numbers (tenant_id, e164, agent_id, is_always_open) VALUES ($1, $2, $3, true) ' +
        'RETURNING id',
      tenantId,
      e164,
      agentId,
    );
    const apiKey = await this.apiKey(tenantId, [
      'admin:read',
      'admin:write',
      'keys:write',
      'calls:read',
      'calls:control',
      'calls:place',
      'recordings:read',
      'recordings:delete',
    ]);
    const endpoint = await this.ask('POST', '/v1/webhook-endpoints', apiKey, {
      url: 'https://hooks.example.com/',
    });
    const known = await new ApiKeyRepository(this.dataSource).findActive(apiKey);
    return {
      tenantId,
      apiKeyId: known?.id ?? '',
      agentId,
      e164,
      numberId: number?.id ?? '',
      endpointId: String(endpoint.body['id']),
      apiKey,
    };
  }

  get calls(): CallRepository {
    return new CallRepository(this.dataSource);
  }

  async sql<Row>(text: string, ...parameters: unknown[]): Promise<Row[]> {
    const rows: unknown = await acrossTenants(this.dataSource, 'installation', (manager) =>
      manager.query(text, parameters),
    );
    return rows as Row[];
  }
}
