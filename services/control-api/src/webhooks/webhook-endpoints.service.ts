import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { Sealer } from '@tandem/call-state';
import type { TenantId } from '@tandem/contracts';
import {
  NumberRepository,
  WebhookDeliveryRepository,
  WebhookEndpointRepository,
  type Delivery,
  type Page,
  type ReplayResult,
  type Transaction,
  type WebhookEndpoint,
} from '@tandem/database';
import { Destinations } from '@tandem/platform';
import {
  endpointNotFound,
  headersNeeded,
  tooManyEndpoints,
  unknownFilter,
  urlRefused,
} from './endpoint-problems.ts';
import { newSecret, openSecret, sealHeaders } from './endpoint-secrets.ts';
import type { ChangeEndpoint, CreateEndpoint, Filters, ListEndpoints } from './webhook-endpoint.dto.ts';
import { toReplayRequest, type ListDeliveries, type Replay } from './webhook-delivery.dto.ts';

/** Injection token: the sealer of signing secrets and headers. */
export const WEBHOOK_SECRETS = Symbol('WEBHOOK_SECRETS');

/** How long the old secret signs beside a new one: a day. */
const OVERLAP_MS = 86_400_000;

/** The webhook endpoints of a tenant. Their secrets are stored sealed and are in no stored answer. */
@Injectable()
export class WebhookEndpoints {
  constructor(
    private readonly endpoints: WebhookEndpointRepository,
    private readonly events: WebhookDeliveryRepository,
    private readonly numbers: NumberRepository,
    private readonly destinations: Destinations,
    @Inject(WEBHOOK_SECRETS) private readonly secrets: Sealer,
  ) {}

  list(tenantId: TenantId, page: ListEndpoints): Promise<Page<WebhookEndpoint>> {
    return this.endpoints.list(tenantId, page);
  }

  /** @throws Problem 422 `url-refused`, `too-many-endpoints`, `unknown-filter` */
  async create(
    transaction: Transaction,
    tenantId: TenantId,
    asked: CreateEndpoint,
  ): Promise<WebhookEndpoint> {
    await this.verify(asked.url);
    const id = randomUUID();
    const filters = await this.known(tenantId, asked.filters);
    const fields = { ...asked, filters, headers: sealHeaders(this.secrets, id, asked.headers) };
    const endpoint = await this.endpoints.create(
      transaction,
      tenantId,
      id,
      fields,
      newSecret(this.secrets, id),
    );
    if (!endpoint) throw tooManyEndpoints();
    return endpoint;
  }

  /** @throws Problem 404, 422 `url-refused`, `headers-needed`, `unknown-filter` */
  async change(
    transaction: Transaction,
    tenantId: TenantId,
    id: string,
    { headers, ...asked }: ChangeEndpoint,
  ): Promise<WebhookEndpoint> {
    if (asked.url !== undefined) await this.verify(asked.url);
    if (asked.url !== undefined && headers === undefined)
      await this.refuseMovingHeaders(tenantId, id, asked.url);
    const fields = {
      ...asked,
      ...(asked.filters === undefined ? {} : { filters: await this.known(tenantId, asked.filters) }),
      ...(headers === undefined ? {} : { headers: sealHeaders(this.secrets, id, headers) }),
    };
    return found(await this.endpoints.change(transaction, tenantId, id, fields));
  }

  /** @throws Problem 404 */
  async get(tenantId: TenantId, id: string): Promise<WebhookEndpoint> {
    return found(await this.endpoints.find(tenantId, id));
  }

  /** Does nothing when there is no such endpoint. */
  delete(tenantId: TenantId, id: string): Promise<void> {
    return this.endpoints.delete(tenantId, id);
  }

  /** Returns the secret that signs now. @throws Problem 404 */
  async secret(tenantId: TenantId, id: string): Promise<string> {
    const { sealedSecret } = found(await this.endpoints.secrets(tenantId, id));
    return openSecret(this.secrets, id, sealedSecret);
  }

  /** Makes a new secret. @throws Problem 404 */
  async rotate(transaction: Transaction, tenantId: TenantId, id: string): Promise<void> {
    const isRotated = await this.endpoints.rotateSecret(
      transaction,
      tenantId,
      id,
      newSecret(this.secrets, id),
      new Date(Date.now() + OVERLAP_MS),
    );
    if (!isRotated) throw endpointNotFound();
  }

  /** Adds a `webhook.test` event for the endpoint. @throws Problem 404 */
  async test(tenantId: TenantId, id: string): Promise<void> {
    if (!(await this.endpoints.test(tenantId, id))) throw endpointNotFound();
  }

  /** @throws Problem 404 */
  async deliveries(
    tenantId: TenantId,
    id: string,
    { state, ...page }: ListDeliveries,
  ): Promise<Page<Delivery>> {
    await this.get(tenantId, id);
    return this.events.list(tenantId, id, state, page);
  }

  /** @throws Problem 404 */
  async replay(tenantId: TenantId, id: string, request: Replay): Promise<ReplayResult> {
    await this.get(tenantId, id);
    return this.events.replay(tenantId, id, toReplayRequest(request));
  }

  /** Refuses a new address on another host: its owner would get headers that are never shown. */
  private async refuseMovingHeaders(tenantId: TenantId, id: string, url: string): Promise<void> {
    const { url: before, headerNames } = await this.get(tenantId, id);
    if (headerNames.length === 0 || new URL(before).origin === new URL(url).origin) return;
    throw headersNeeded(headerNames);
  }

  /** Returns the filters, numbers in the form the tenant has them in. @throws Problem 422 */
  private async known(tenantId: TenantId, filters: Filters): Promise<Filters> {
    const unknown: Record<string, string[]> = {};
    const note = (kind: string, id: string) => (unknown[kind] = [...(unknown[kind] ?? []), id]);
    for (const { kind, id } of await this.endpoints.unknownIn(tenantId, filters)) note(kind, id);
    const numbers: string[] = [];
    for (const number of filters.numbers ?? []) {
      const own = await this.numbers.ownForm(tenantId, number);
      if (own === null) note('numbers', number);
      else numbers.push(own);
    }
    if (Object.keys(unknown).length > 0) throw unknownFilter(unknown);
    return filters.numbers === undefined ? filters : { ...filters, numbers };
  }

  private async verify(url: string): Promise<void> {
    const problem = await this.destinations.problemOfResolved(url);
    if (problem !== null) throw urlRefused(problem);
  }
}

function found<Value>(value: Value | null): Value {
  if (value === null) throw endpointNotFound();
  return value;
}
