import { z } from 'zod';
import { section } from '../setting.ts';
import { url, wholeNumber } from './forms.ts';

const text = z.string().min(1).max(512);

export const calendarAppsSection = section(
  'Calendar providers',
  'Applications with providers of calendars whose owners agree by OAuth; see docs/calendars.md.',
  {
    calendarRedirectUrl: {
      env: 'CALENDAR_REDIRECT_URL',
      schema: url('http', 'https').optional(),
      description:
        'Where providers send owners back to: the public address of control-api with ' +
        '`/oauth/calendar/callback`, as it is registered with them.',
      whenUnset: 'calendars with OAuth cannot be connected',
      example: 'https://control.example.com/oauth/calendar/callback',
    },
    googleCalendarClientId: {
      env: 'GOOGLE_CALENDAR_CLIENT_ID',
      needs: ['GOOGLE_CALENDAR_CLIENT_SECRET'],
      schema: text.optional(),
      description: 'Client id of the application with Google.',
      whenUnset: 'Google calendars cannot be connected',
      example: '123456789-abc.apps.googleusercontent.com',
    },
    googleCalendarClientSecret: {
      env: 'GOOGLE_CALENDAR_CLIENT_SECRET',
      needs: ['GOOGLE_CALENDAR_CLIENT_ID'],
      schema: text.optional(),
      isSecret: true,
      description: 'Its client secret.',
      whenUnset: 'Google calendars cannot be connected',
      example: 'GOCSPX-…',
    },
    googleCalendarApiUrl: {
      env: 'GOOGLE_CALENDAR_API_URL',
      schema: url('http', 'https').default('https://www.googleapis.com/calendar/v3'),
      description: 'Address of the Google Calendar API.',
    },
    googleCalendarTokenUrl: {
      env: 'GOOGLE_CALENDAR_TOKEN_URL',
      schema: url('http', 'https').default('https://oauth2.googleapis.com/token'),
      description: 'Where Google issues tokens.',
    },
    microsoftCalendarClientId: {
      env: 'MICROSOFT_CALENDAR_CLIENT_ID',
      needs: ['MICROSOFT_CALENDAR_CLIENT_SECRET'],
      schema: text.optional(),
      description: 'Client id of the application with Microsoft.',
      whenUnset: 'Microsoft calendars cannot be connected',
      example: '11111111-2222-3333-4444-555555555555',
    },
    microsoftCalendarClientSecret: {
      env: 'MICROSOFT_CALENDAR_CLIENT_SECRET',
      needs: ['MICROSOFT_CALENDAR_CLIENT_ID'],
      schema: text.optional(),
      isSecret: true,
      description: 'Its client secret.',
      whenUnset: 'Microsoft calendars cannot be connected',
      example: 'abc8Q~…',
    },
    microsoftCalendarApiUrl: {
      env: 'MICROSOFT_CALENDAR_API_URL',
      schema: url('http', 'https').default('https://graph.microsoft.com/v1.0'),
      description: 'Address of Microsoft Graph; national clouds have their own.',
    },
    microsoftCalendarLoginUrl: {
      env: 'MICROSOFT_CALENDAR_LOGIN_URL',
      schema: url('http', 'https').default('https://login.microsoftonline.com/common/oauth2/v2.0'),
      description: 'Where Microsoft asks owners and issues tokens.',
    },
  },
);

export const calendarSyncSection = section(
  'Connected calendars',
  'Reading busy times from connected calendars, and writing bookings to them.',
  {
    calendarReadEveryS: {
      env: 'CALENDAR_READ_EVERY_S',
      schema: wholeNumber(30, 86_400).default(300),
      unit: 's',
      description: 'How often the busy times of each connected calendar are read.',
    },
    calendarTimeoutMs: {
      env: 'CALENDAR_TIMEOUT_MS',
      schema: wholeNumber(1_000, 60_000).default(15_000),
      unit: 'ms',
      description: 'How long a calendar may take to respond.',
    },
    calendarConcurrency: {
      env: 'CALENDAR_CONCURRENCY',
      schema: wholeNumber(1, 200).default(16),
      unit: 'calendars',
      description: 'Calendars one worker reads and writes at a time.',
    },
  },
);
