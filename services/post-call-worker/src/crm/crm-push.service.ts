import { Inject, Injectable } from '@nestjs/common';
import type { TenantId } from '@tandem/contracts';
import {
  ContactRepository,
  CrmConnectionRepository,
  SecretRepository,
  type ClaimedCrmDelivery,
} from '@tandem/database';
import { CONFIG, OutboundClient, type ServiceConfig } from '@tandem/platform';
import { AccessTokens } from './access-tokens.ts';
import type { CrmEvent, CrmPerson, PushContext } from './crm-adapter.ts';
import { CRM_ADAPTERS } from './crm-adapters.ts';
import { CrmFault } from './crm-fault.ts';
import { CrmHttp } from './crm-http.ts';
import { CrmSecrets } from './crm-secrets.ts';

/** Requests of one push take this many time limits of a request at most, together. */
const REQUESTS_TIMED = 4;

/** How long one push may take, in ms. */
export const pushLimitMs = (timeoutMs: number): number => REQUESTS_TIMED * timeoutMs;

type KnownPerson = { id: string; phone: string | null; name: string | null; email: string | null };

/** Pushes one event into one CRM. */
@Injectable()
export class CrmPush {
  private readonly tokens = new AccessTokens();

  constructor(
    @Inject(CONFIG) private readonly config: Pick<ServiceConfig<'post-call-worker'>, 'webhookTimeoutMs'>,
    private readonly client: OutboundClient,
    private readonly secrets: CrmSecrets,
    private readonly connections: CrmConnectionRepository,
    private readonly tenantSecrets: SecretRepository,
    private readonly contacts: ContactRepository,
  ) {}

  /** @returns the HTTP status of the last response @throws CrmFault */
  async push(delivery: ClaimedCrmDelivery): Promise<number> {
    const adapter = CRM_ADAPTERS[delivery.kind];
    const context = this.contextOf(delivery);
    const event = eventOf(delivery);
    return event.subject.kind === 'endpoint' ? adapter.check(event, context) : adapter.push(event, context);
  }

  close(): void {
    this.client.close();
  }

  private contextOf(delivery: ClaimedCrmDelivery): PushContext {
    const { connectionId, tenantId, settings, sealedCredentials } = delivery;
    const { webhookTimeoutMs } = this.config;
    const signal = AbortSignal.timeout(pushLimitMs(webhookTimeoutMs));
    return {
      connectionId,
      settings,
      credentials: this.credentialsOf(delivery),
      credentialsVersion: delivery.changedAt.toISOString(),
      http: new CrmHttp(this.client, webhookTimeoutMs, signal),
      tokens: this.tokens,
      person: (id) => this.person(tenantId, id),
      personByPhone: (phone) => this.personByPhone(tenantId, phone),
      secret: (name) => this.secret(tenantId, name),
      replaceCredentials: async (credentials) => {
        const sealed = this.secrets.sealCredentials(connectionId, credentials);
        if (sealedCredentials !== null)
          await this.connections.reseal(tenantId, connectionId, sealedCredentials, sealed);
      },
    };
  }

  private credentialsOf({ connectionId, sealedCredentials }: ClaimedCrmDelivery): unknown {
    if (sealedCredentials === null) return null;
    try {
      return this.secrets.openCredentials(connectionId, sealedCredentials);
    } catch {
      const words = 'Set the credentials anew, or restore the TANDEM_SECRET they were sealed with.';
      throw new CrmFault('unavailable', 'credentials-unreadable', { words, retryAfterMs: 60_000 });
    }
  }

  private async person(tenantId: TenantId, id: string): Promise<CrmPerson | null> {
    const found = await this.contacts.find(tenantId, id);
    if (found) return personOf(found);
    const into = await this.contacts.mergedInto(tenantId, id);
    const whole = into === null ? null : await this.contacts.find(tenantId, into);
    return whole && personOf(whole);
  }

  private async personByPhone(tenantId: TenantId, phone: string): Promise<CrmPerson | null> {
    const { items } = await this.contacts.list(tenantId, { phone }, { limit: 1 });
    return items[0] ? personOf(items[0]) : null;
  }

  private async secret(tenantId: TenantId, name: string): Promise<string | null> {
    const { [name]: sealed } = await this.tenantSecrets.sealed(tenantId, [name]);
    if (sealed === undefined) return null;
    try {
      return this.secrets.openSecret(tenantId, name, sealed);
    } catch {
      return null;
    }
  }
}

const personOf = ({ id, phone, name, email }: KnownPerson): CrmPerson => ({ id, phone, name, email });

function eventOf({ eventId, tenantId, event }: ClaimedCrmDelivery): CrmEvent {
  const { type, subject, sequence, data, createdAt } = event;
  const timestamp = createdAt.toISOString();
  return {
    id: `evt_${eventId}`,
    type,
    timestamp,
    tenantId,
    subject,
    sequence,
    data: data as CrmEvent['data'],
  };
}
