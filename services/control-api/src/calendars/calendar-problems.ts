import { MAX_CALENDAR_CONNECTIONS } from '@tandem/database';
import { Problem } from '@tandem/platform';

/* What the routes of connected calendars refuse. */

export const connectionNotFound = (): Problem =>
  new Problem(
    404,
    'calendar-connection-not-found',
    'No such calendar',
    'There is no connected calendar with this id. Ask for the list.',
  );

export const unknownResource = (): Problem =>
  new Problem(
    422,
    'unknown-resource',
    'No such resource',
    'There is no resource in use with this id. Take one from /v1/resources of crm-api.',
  );

export const tooManyConnections = (): Problem =>
  new Problem(
    422,
    'too-many-calendars',
    'Too many calendars',
    `A tenant may connect ${MAX_CALENDAR_CONNECTIONS}. Delete one that is not needed.`,
  );

/** @param problem what is wrong with the address, as the end of a sentence */
export const addressRefused = (problem: string): Problem =>
  new Problem(
    422,
    'address-refused',
    'The address is refused',
    `The address ${problem}. Networks of your own are allowed by OUTBOUND_TRUSTED_NETWORKS, set where the ` +
      'services start.',
  );

export const passwordNeeded = (): Problem =>
  new Problem(
    422,
    'password-needed',
    'Name and password are needed',
    'A calendar of this kind is opened with `username` and `password`. Send both.',
  );

export const passwordNotUsed = (): Problem =>
  new Problem(
    422,
    'password-not-used',
    'No password is used',
    'The owner of a calendar of this kind agrees on a page of its provider. Leave out `username` and ' +
      '`password`, and use `authorize`.',
  );

export const oauthNotUsed = (): Problem =>
  new Problem(
    422,
    'authorization-not-used',
    'It is opened with a password',
    'A calendar of this kind has no page to agree on. Put its `credentials`.',
  );

export const providerNotSetUp = (): Problem =>
  new Problem(
    422,
    'provider-not-set-up',
    'The provider is not set up',
    'This deployment has no client id for calendars of this kind, or no CALENDAR_REDIRECT_URL. ' +
      'docs/calendars.md names the settings.',
  );

export const authorizationRefused = (fault: string): Problem =>
  new Problem(
    422,
    'authorization-failed',
    'The calendar was not connected',
    `The provider did not agree (${fault}). Ask for a new address with \`authorize\` and try again.`,
  );

export const stateRefused = (): Problem =>
  new Problem(
    400,
    'authorization-state-refused',
    'The address is not valid any more',
    'It works for ten minutes, as it was given. Ask for a new one with `authorize`.',
  );
