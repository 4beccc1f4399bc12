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
export { CaldavSimulator, type CaldavOptions } from './caldav/caldav-simulator.ts';
export { readCalendarObject, type ReadEvent } from './icalendar/calendar-object.ts';
export { GoogleCalendarSimulator, type GoogleEvent } from './google-calendar/google-calendar-simulator.ts';
export { MicrosoftGraphSimulator, type GraphEvent } from './microsoft-graph/microsoft-graph-simulator.ts';
export { OAuthAuthority, type OAuthAuthorityOptions } from './oauth/oauth-authority.ts';
