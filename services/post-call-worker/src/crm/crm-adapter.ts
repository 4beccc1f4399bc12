import type { JsonValue, WebhookBody } from '@tandem/contracts';
import type { AccessToken, AccessTokens } from './access-tokens.ts';
import type { CrmHttp } from './crm-http.ts';

/** A person as a CRM is told of them. */
export interface CrmPerson {
  /** The contact's id in Tandem. */
  readonly id: string;
  readonly phone: string | null;
  readonly name: string | null;
  readonly email: string | null;
}

/** The event as it is pushed: that of a webhook. */
export type CrmEvent = WebhookBody & { readonly data: Readonly<Record<string, JsonValue>> };

/** The means of one push. */
export interface PushContext {
  readonly connectionId: string;
  readonly settings: unknown;
  /** Opened; null for a kind without any. */
  readonly credentials: unknown;
  /** Identifies these credentials: tokens got with others are not used. */
  readonly credentialsVersion: string;
  readonly http: CrmHttp;
  readonly tokens: AccessTokens;
  /** Returns the contact as Tandem knows it now; null when it is gone. */
  person(contactId: string): Promise<CrmPerson | null>;
  /** Returns the contact with this number; null when there is none. */
  personByPhone(phone: string): Promise<CrmPerson | null>;
  /** Returns a secret of the tenant, opened; null when there is none. */
  secret(name: string): Promise<string | null>;
  /**
   * Gets an access token for a refresh token, one request at a time of a connection in the deployment.
   * @param refused a token that was refused: any other one that is valid is taken without a request
   * @param request is given the credentials of now, and returns them as they are afterwards
   */
  renew(
    refused: string | null,
    request: (credentials: unknown) => Promise<{ credentials: object; access: AccessToken }>,
  ): Promise<AccessToken>;
}

/** One kind of CRM: events become records there. */
export interface CrmAdapter {
  /**
   * Writes what an event says. Repeated, it writes the same records again.
   * @returns the HTTP status of the last response
   * @throws CrmFault
   */
  push(event: CrmEvent, context: PushContext): Promise<number>;
  /** Finds out whether pushes can succeed, and changes nothing. @throws CrmFault with what is missing */
  check(event: CrmEvent, context: PushContext): Promise<number>;
}
