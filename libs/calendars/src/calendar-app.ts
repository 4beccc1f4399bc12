import type { OAuthApp } from './oauth/oauth-client.ts';

/** An application with a provider of calendars, and where its API is. */
export interface CalendarApp extends OAuthApp {
  readonly apiUrl: string;
}

/** The settings of applications by name; those of one that is not set up are missing. */
export type CalendarAppSettings = Readonly<Record<string, unknown>>;
