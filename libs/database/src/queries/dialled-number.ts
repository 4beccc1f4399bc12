import type { TenantId } from '@tandem/contracts';
import type { EntityManager } from 'typeorm';
import { query } from '../connection/unit-of-work.ts';
import type { AccessMode } from '../entities/agent.entities.ts';
import { OPENING_HOURS } from './opening-hours.ts';

/** Everything admission reads about a dialled number. */
export interface DialledNumberFields {
  readonly phoneNumberId: string;
  readonly e164: string;
  readonly isAlwaysOpen: boolean;
  readonly language: string | null;
  readonly access: {
    readonly mode: AccessMode;
    readonly withheldCallers: 'accept' | 'refuse';
    readonly unverifiedCallers: 'trust' | 'distrust';
    readonly refusalText: string;
  };
  readonly tenant: {
    readonly id: TenantId;
    readonly slug: string;
    readonly companyName: string;
    readonly timeZone: string;
  };
  readonly experimentSalt: string;
  /** Null for a tenant without limits. */
  readonly budget: { dailyMicros: number | null; monthlyMicros: number | null; warnShare: number } | null;
  readonly agentId: string | null;
  readonly version: number | null;
  readonly content: unknown;
  readonly hours: readonly { weekday: number; opens: string; closes: string }[];
  readonly closedDates: readonly string[];
  readonly departments: readonly unknown[];
  /** Sealed secrets that the content's tools name, by name. */
  readonly toolSecrets: Readonly<Record<string, string>>;
  /** The hosts that agents may find on the web. */
  readonly webSearch: { readonly allowed: readonly string[]; readonly denied: readonly string[] };
}

const BY_NUMBER = `
SELECT number.id AS "phoneNumberId", number.e164, number.is_always_open AS "isAlwaysOpen",
  coalesce(number.language, tenant.language) AS language,
  json_build_object('mode', number.access_mode, 'withheldCallers', number.withheld_callers,
    'unverifiedCallers', number.unverified_callers, 'refusalText', number.refusal_text) AS access,
  json_build_object('id', tenant.id, 'slug', tenant.slug, 'companyName', tenant.company_name,
    'timeZone', tenant.time_zone) AS tenant,
  tenant.experiment_salt AS "experimentSalt",
  CASE WHEN budget.tenant_id IS NOT NULL THEN json_build_object('dailyMicros', budget.daily_micros,
    'monthlyMicros', budget.monthly_micros, 'warnShare', budget.warn_share) END AS budget,
  version.agent_id AS "agentId", version.version, version.content,
  ${OPENING_HOURS} AS hours,
  coalesce((SELECT json_agg(closed.date::text) FROM closed_dates closed
    WHERE closed.tenant_id = tenant.id AND closed.scope = 'calls'
      AND closed.date BETWEEN current_date - 2 AND current_date + 2), '[]') AS "closedDates",
  coalesce((SELECT json_agg(json_build_object(
      'key', department.key, 'name', department.name, 'address', department.address,
      'mode', department.mode, 'ringMs', department.ring_ms, 'hours', department.hours)
      ORDER BY department.key)
    FROM departments department WHERE department.tenant_id = tenant.id), '[]') AS departments,
  coalesce((SELECT json_object_agg(secret.name, secret.sealed)
    FROM tenant_secrets secret WHERE secret.tenant_id = tenant.id
      AND (strpos((version.content -> 'httpTools')::text, '{secret:' || secret.name || '}') > 0
        OR strpos(jsonb_path_query_array(version.content, '$.mcpServers[*].headers')::text,
          '{secret:' || secret.name || '}') > 0)), '{}')
    AS "toolSecrets",
  coalesce((SELECT json_build_object('allowed', hosts.allowed, 'denied', hosts.denied)
    FROM web_search_hosts hosts WHERE hosts.tenant_id = tenant.id), '{"allowed": [], "denied": []}')
    AS "webSearch"
FROM phone_numbers number
JOIN tenants tenant ON tenant.id = number.tenant_id
LEFT JOIN tenant_budgets budget ON budget.tenant_id = tenant.id
LEFT JOIN agents agent ON agent.id = coalesce($2::uuid, number.agent_id)
  AND agent.tenant_id = number.tenant_id
LEFT JOIN agent_versions version ON version.agent_id = agent.id AND version.version = agent.published_version
WHERE number.e164 = ANY($1::text[]) ORDER BY array_position($1::text[], number.e164) LIMIT 1`;

/**
 * Returns the first of these numbers that a tenant has, in one query: a caller is waiting.
 * @param agentId in place of the number's own agent; one of the same tenant, else there is none
 */
export async function findDialledNumber(
  manager: EntityManager,
  e164Forms: readonly string[],
  agentId: string | null,
): Promise<DialledNumberFields | null> {
  const [found] = await query<DialledNumberFields>(manager, BY_NUMBER, [e164Forms, agentId]);
  return found ?? null;
}
