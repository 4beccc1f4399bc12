/*
 * Properties of HubSpot's objects that matter here, with the values an enumeration takes. Source: "Contacts",
 * "Calls", "Meetings", "Tasks" and "Deals" of the CRM API.
 */

export interface HubspotProperty {
  readonly options?: readonly string[];
  readonly hasUniqueValue?: boolean;
}

export type HubspotType = 'contacts' | 'calls' | 'meetings' | 'tasks' | 'deals';

const TEXT: HubspotProperty = {};
const texts = (...names: readonly string[]) => Object.fromEntries(names.map((name) => [name, TEXT]));
const options = (...values: readonly string[]): HubspotProperty => ({ options: values });

export const HUBSPOT_PROPERTIES: Readonly<Record<HubspotType, Readonly<Record<string, HubspotProperty>>>> = {
  contacts: {
    ...texts('phone', 'mobilephone', 'firstname', 'lastname', 'company'),
    email: { hasUniqueValue: true },
    lifecyclestage: options(
      ...['subscriber', 'lead', 'marketingqualifiedlead', 'salesqualifiedlead'],
      ...['opportunity', 'customer', 'evangelist', 'other'],
    ),
  },
  calls: {
    ...texts('hs_timestamp', 'hs_call_title', 'hs_call_body', 'hs_call_duration'),
    ...texts('hs_call_from_number', 'hs_call_to_number', 'hs_call_disposition'),
    hs_call_direction: options('INBOUND', 'OUTBOUND'),
    hs_call_status: options(
      ...['BUSY', 'CALLING_CRM_USER', 'CANCELED', 'COMPLETED', 'CONNECTING'],
      ...['FAILED', 'IN_PROGRESS', 'NO_ANSWER', 'QUEUED', 'RINGING'],
    ),
  },
  meetings: {
    ...texts('hs_timestamp', 'hs_meeting_title', 'hs_meeting_body', 'hs_meeting_start_time'),
    ...texts('hs_meeting_end_time', 'hs_meeting_location', 'hs_internal_meeting_notes'),
    hs_meeting_outcome: options('SCHEDULED', 'COMPLETED', 'RESCHEDULED', 'NO_SHOW', 'CANCELED'),
  },
  tasks: {
    ...texts('hs_timestamp', 'hs_task_subject', 'hs_task_body'),
    hs_task_status: options('NOT_STARTED', 'IN_PROGRESS', 'WAITING', 'COMPLETED', 'DEFERRED'),
    hs_task_priority: options('LOW', 'MEDIUM', 'HIGH'),
    hs_task_type: options('EMAIL', 'CALL', 'TODO'),
  },
  deals: {
    ...texts('dealname', 'description', 'amount', 'closedate'),
    pipeline: options('default'),
    dealstage: options(
      ...['appointmentscheduled', 'qualifiedtobuy', 'presentationscheduled', 'decisionmakerboughtin'],
      ...['contractsent', 'closedwon', 'closedlost'],
    ),
  },
};

/** Properties without which no record of the type is made. */
export const HUBSPOT_REQUIRED: Readonly<Partial<Record<HubspotType, readonly string[]>>> = {
  calls: ['hs_timestamp'],
  meetings: ['hs_timestamp'],
  tasks: ['hs_timestamp'],
};
