import { randomBytes, randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { Sealer } from '@tandem/call-state';
import { webhookHeadersPlace, webhookSecretPlace, type TenantId } from '@tandem/contracts';
import {
  MAX_WEBHOOK_ENDPOINTS,
  WebhookDeliveryRepository,
  WebhookEndpointRepository,
  type Delivery,
  type Page,
  type ReplayResult,
  type SealedHeaders,
  type Transaction,
  type WebhookEndpoint,
} from '@tandem/database';
import { Destinations, Problem } from '@tandem/platform';
import type {
  ChangeEndpoint,
  CreateEndpoint,
  ListDeliveries,
  ListEndpoints,
  Replay,
} from './webhook-endpoint.dto.ts';

/** Injection token: the sealer of signing secrets and headers. */
export const WEBHOOK_SECRETS = Symbol('WEBHOOK_SECRETS');

const SECRET_BYTES = 32;
/** How long the old secret signs beside a new one: a day. */
const OVERLAP_MS = 86_400_000;

/** The webhook endpoints of a tenant. Their secrets are stored sealed and are in no stored answer. */
@Injectable()
export class WebhookEndpoints {
  constructor(
    private readonly endpoints: WebhookEndpointRepository,
    private readonly events: WebhookDeliveryRepository,
    private readonly destinations: Destinations,
    @Inject(WEBHOOK_SECRETS) private readonly secrets: Sealer,
  ) {}

  list(tenantId: TenantId, page: ListEndpoints): Promise<Page<WebhookEndpoint>> {
    return this.endpoints.list(tenantId, page);
  }

  /** @throws Problem 422 `url-refused`, `too-many-endpoints` */
  async create(
    transaction: Transaction,
    tenantId: TenantId,
    asked: CreateEndpoint,
  ): Promise<WebhookEndpoint> {
    await this.verify(asked.url);
    const id = randomUUID();
    const fields = { ...asked, headers: this.sealHeaders(id, asked.headers) };
    const endpoint = await this.endpoints.create(transaction, tenantId, id, fields, this.newSecret(id));
    if (!endpoint)
      throw new Problem(
        422,
        'too-many-endpoints',
        'Too many endpoints',
        `A tenant may have ${MAX_WEBHOOK_ENDPOINTS}. Delete one that is not needed.`,
      );
    return endpoint;
  }

  /** @throws Problem 404, 422 `url-refused`, `headers-needed` */
  async change(
    transaction: Transaction,
    tenantId: TenantId,
    id: string,
    { headers, ...asked }: ChangeEndpoint,
  ): Promise<WebhookEndpoint> {
    if (asked.url !== undefined) await this.verify(asked.url);
    if (asked.url !== undefined && headers === undefined)
      await this.refuseMovingHeaders(tenantId, id, asked.url);
    const fields = { ...asked, ...(headers === undefined ? {} : { headers: this.sealHeaders(id, headers) }) };
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
    return String(this.secrets.open(sealedSecret, webhookSecretPlace(id)));
  }

  /** Makes a new secret. @throws Problem 404 */
  async rotate(transaction: Transaction, tenantId: TenantId, id: string): Promise<void> {
    const isRotated = await this.endpoints.rotateSecret(
      transaction,
      tenantId,
      id,
      this.newSecret(id),
      new Date(Date.now() + OVERLAP_MS),
    );
    if (!isRotated) throw notFound();
  }

  /** Adds a `webhook.test` event for the endpoint. @throws Problem 404 */
  async test(tenantId: TenantId, id: string): Promise<void> {
    if (!(await this.endpoints.test(tenantId, id))) throw notFound();
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
  async replay(tenantId: TenantId, id: string, { eventIds, from, to }: Replay): Promise<ReplayResult> {
    await this.get(tenantId, id);
    const time = (text: string | undefined) => (text === undefined ? undefined : new Date(text));
    return this.events.replay(tenantId, id, { eventIds, from: time(from), to: time(to) });
  }

  private newSecret(id: string): string {
    return this.secrets.seal(`whsec_${randomBytes(SECRET_BYTES).toString('base64')}`, webhookSecretPlace(id));
  }

  private sealHeaders(id: string, headers: Readonly<Record<string, string>>): SealedHeaders {
    const names = Object.keys(headers);
    return { names, sealed: names.length === 0 ? null : this.secrets.seal(headers, webhookHeadersPlace(id)) };
  }

  /** Refuses a new address on another host: its owner would get headers that are never shown. */
  private async refuseMovingHeaders(tenantId: TenantId, id: string, url: string): Promise<void> {
    const { url: before, headerNames } = await this.get(tenantId, id);
    if (headerNames.length === 0 || new URL(before).origin === new URL(url).origin) return;
    const todo =
      'Send the headers again with the new address, ' + `or {} to have none: ${headerNames.join(', ')}.`;
    throw new Problem(422, 'headers-needed', 'The headers belong to another host', todo);
  }

  private async verify(url: string): Promise<void> {
    const problem = await this.destinations.problemOfResolved(url);
    if (problem === null) return;
    const detail =
      `The url ${problem}. Networks of your own are allowed by OUTBOUND_TRUSTED_NETWORKS, set where the ` +
      'services start.';
    throw new Problem(422, 'url-refused', 'The address is refused', detail);
  }
}

const notFound = () =>
  new Problem(
    404,
    'endpoint-not-found',
    'No such endpoint',
    'There is no webhook endpoint with this id. Ask for the list.',
  );

function found<Value>(value: Value | null): Value {
  if (value === null) throw notFound();
  return value;
}
