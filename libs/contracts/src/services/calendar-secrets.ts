/** The place the credentials of a connected calendar are bound to when sealed: its connection. */
export const calendarCredentialsPlace = (connectionId: string): string =>
  `calendar-connection:${connectionId}`;

/** The purpose for which keys that seal these credentials are derived. */
export const CALENDAR_SECRETS_PURPOSE = 'calendar-secrets';
