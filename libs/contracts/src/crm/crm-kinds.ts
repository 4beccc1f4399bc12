import { z } from 'zod';
import { EVENT_PATHS, parseUrlTemplate } from '../tools/http-template.ts';
import { genericSettingsSchema, type GenericSettings } from './generic/mapping.ts';
import {
  hubspotCredentialsSchema,
  hubspotSettingsSchema,
  type HubspotSettings,
} from './hubspot/hubspot-settings.ts';
import {
  salesforceCredentialsSchema,
  salesforceSettingsSchema,
  type SalesforceSettings,
} from './salesforce/salesforce-settings.ts';

/* The kinds of CRM there are. What is particular to one stands in its folder. */

export const CRM_KINDS = ['generic', 'hubspot', 'salesforce'] as const;
export const crmKindSchema = z.enum(CRM_KINDS);
export type CrmKind = z.infer<typeof crmKindSchema>;

export const CRM_SETTINGS = {
  generic: genericSettingsSchema,
  hubspot: hubspotSettingsSchema,
  salesforce: salesforceSettingsSchema,
} as const satisfies Record<CrmKind, z.ZodType>;

/** Null for a kind whose requests name secrets of the tenant instead. */
export const CRM_CREDENTIALS = {
  generic: null,
  hubspot: hubspotCredentialsSchema,
  salesforce: salesforceCredentialsSchema,
} as const satisfies Record<CrmKind, z.ZodType | null>;

const ADDRESSES = {
  generic: genericAddresses,
  hubspot: ({ baseUrl }: HubspotSettings) => [{ path: ['baseUrl'], url: baseUrl }],
  salesforce: ({ loginUrl }: SalesforceSettings) => [{ path: ['loginUrl'], url: loginUrl }],
};

/** An address in the settings of a connection. */
interface SetAddress {
  readonly path: readonly string[];
  readonly url: string;
}

/** Returns the addresses that a connection with these settings sends requests to. */
export function addressesOf(kind: CrmKind, settings: unknown): SetAddress[] {
  return ADDRESSES[kind](settings as never);
}

function genericAddresses({ events, test }: GenericSettings): SetAddress[] {
  const requests = Object.entries(events).flatMap(([type, operation]) =>
    (['search', 'send', 'update'] as const).map((part) => ({
      path: ['events', type, part, 'url'],
      url: operation[part]?.url,
    })),
  );
  return [...requests, { path: ['test', 'url'], url: test?.url }].flatMap(({ path, url }) => {
    const template = url === undefined ? '' : parseUrlTemplate(url, EVENT_PATHS);
    return typeof template === 'string' ? [] : [{ path, url: `${template.origin}/` }];
  });
}

/** The purpose for which keys that seal credentials of CRMs are derived. */
export const CRM_SECRETS_PURPOSE = 'crm-credentials';
/** The place the credentials of a connection are bound to when sealed, so that they open nowhere else. */
export const crmCredentialsPlace = (connectionId: string): string => `crm-connection:${connectionId}`;
