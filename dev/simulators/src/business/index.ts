export {
  type BusinessRequest,
  BusinessSimulator,
  type PlannedFault,
  type SeenRequest,
} from './business-simulator.ts';
export { type HubspotOptions, type HubspotRecord, HubspotSimulator } from './hubspot/hubspot-simulator.ts';
export {
  type SalesforceOptions,
  type SalesforceRecord,
  SalesforceSimulator,
} from './salesforce/salesforce-simulator.ts';
