import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RunningPlatform } from '@tandem/commands/platform';
import type { TenantId } from '@tandem/contracts';
import { ApiKeyRepository, generateApiKey } from '@tandem/database';
import { currentBookings, type CurrentBooking } from './current-bookings.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Scenarios book no earlier than this. */
const DAYS_AHEAD = 3;

export interface Answer {
  /** HTTP status; 0 when the connection broke before the response. */
  readonly status: number;
  readonly code: string;
  readonly text: string;
}

export interface Ask {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly key?: string;
  readonly body?: unknown;
  /** Index of the replica the request goes to. */
  readonly replica?: number;
}

/** A tenant of its own, open round the clock; requests go to the replicas of crm-api in turn. */
export class Business {
  private readonly urls: readonly string[];

  private constructor(
    private readonly platform: RunningPlatform,
    readonly tenantId: TenantId,
    private readonly apiKey: string,
  ) {
    this.urls = platform.urlsOf('crm-api');
  }

  static async open(platform: RunningPlatform, people: number, serviceMinutes = 60): Promise<Business> {
    const tenantId = randomUUID() as TenantId;
    await platform.sql(
      `INSERT INTO tenants (id, slug, company_name, time_zone) VALUES ($1, $2, 'Chaos', 'UTC')`,
      tenantId,
      `t-${tenantId}`,
    );
    await platform.sql(
      `INSERT INTO services (tenant_id, key, name, duration_minutes) VALUES ($1, 'visit', 'Visit', $2)`,
      tenantId,
      serviceMinutes,
    );
    await platform.sql(
      `INSERT INTO resources (tenant_id, name) SELECT $1, 'Engineer ' || n FROM generate_series(1, ` +
        '$2::integer) n',
      tenantId,
      people,
    );
    await platform.sql(
      'INSERT INTO resource_services SELECT $1, r.id, s.id FROM resources r, services s WHERE ' +
        'r.tenant_id = $1 AND s.tenant_id = $1',
      tenantId,
    );
    await platform.sql(
      `INSERT INTO resource_hours SELECT $1, id, d, '00:00', '24:00' FROM resources, generate_series(1, ` +
        '7) d WHERE tenant_id = $1',
      tenantId,
    );
    const apiKey = generateApiKey();
    await new ApiKeyRepository(platform.database).store(tenantId, apiKey, {
      name: 'chaos',
      scopes: ['crm:read', 'crm:write', 'admin:read', 'admin:write'],
    });
    return new Business(platform, tenantId, apiKey);
  }

  async ask({ method, path, key, body, replica = 0 }: Ask): Promise<Answer> {
    try {
      const response = await fetch((this.urls[replica % this.urls.length] ?? '') + path, {
        method,
        headers: {
          authorization: `Bearer ${this.apiKey}`,
          ...(method === 'GET' ? {} : { 'idempotency-key': key ?? randomUUID() }),
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const text = await response.text();
      const code = response.ok ? '' : ((JSON.parse(text) as { code?: string }).code ?? '');
      return { status: response.status, code, text };
    } catch {
      return { status: 0, code: 'no-answer', text: '' };
    }
  }

  /** Repeats a request as a good client does, while the first one is in progress or its answer was lost. */
  async requestUntilAnswered(ask: Ask & { readonly key: string }, patienceMs: number): Promise<Answer> {
    for (const until = Date.now() + patienceMs; ;) {
      const answer = await this.ask(ask);
      const isOpen = answer.code === 'idempotency-in-progress' || answer.status >= 500 || answer.status === 0;
      if (!isOpen || Date.now() > until) return answer;
      await sleep(200);
    }
  }

  /**
   * Subscribes a receiver to all events.
   * @param told called with the secret before anything is sent
   */
  async subscribe(url: string, told: (secret: string) => void): Promise<void> {
    const admin = `${this.platform.stack.urls.controlApi}/v1/webhook-endpoints`;
    const headers = {
      authorization: `Bearer ${this.apiKey}`,
      'content-type': 'application/json',
      'idempotency-key': randomUUID(),
    };
    const made = await fetch(admin, { method: 'POST', headers, body: JSON.stringify({ url }) });
    const { id } = (await made.json()) as { id?: string };
    const { secret } = (await (await fetch(`${admin}/${id}/secret`, { headers })).json()) as {
      secret?: string;
    };
    if (secret === undefined) throw new TypeError(`The endpoint could not be made: ${made.status}.`);
    told(secret);
  }

  /** Returns a time this many hours after a midnight (UTC) some days ahead. */
  static start(hours: number): string {
    const first = (Math.floor(Date.now() / DAY_MS) + DAYS_AHEAD) * DAY_MS;
    return new Date(first + hours * HOUR_MS).toISOString();
  }

  /** Returns the current bookings. */
  bookings(): Promise<CurrentBooking[]> {
    return currentBookings(this.platform, this.tenantId);
  }
}

/** Returns the number of deadlocks Postgres reported since its start. */
export async function deadlocks(platform: RunningPlatform): Promise<number> {
  const [row] = await platform.sql<{ n: number }>(
    'SELECT deadlocks::integer AS n FROM pg_stat_database WHERE datname = current_database()',
  );
  return row?.n ?? 0;
}
