import type { CrmKind } from '@tandem/contracts';
import type { CrmAdapter } from './crm-adapter.ts';
import { genericCrm } from './generic/generic-crm.ts';
import { hubspotCrm } from './hubspot/hubspot-crm.ts';
import { salesforceCrm } from './salesforce/salesforce-crm.ts';

export const CRM_ADAPTERS: Readonly<Record<CrmKind, CrmAdapter>> = {
  generic: genericCrm,
  hubspot: hubspotCrm,
  salesforce: salesforceCrm,
};
