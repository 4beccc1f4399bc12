import { MAX_CRM_CONNECTIONS } from '@tandem/database';
import { Problem } from '@tandem/platform';

/* What the routes of CRM connections refuse. */

export const connectionNotFound = (): Problem =>
  new Problem(
    404,
    'connection-not-found',
    'No such connection',
    'There is no CRM connection with this id. Ask for the list.',
  );

export const connectionDisabled = (): Problem =>
  new Problem(
    409,
    'connection-disabled',
    'The connection is disabled',
    'Nothing is pushed over a disabled connection. Enable it first.',
  );

export const tooManyConnections = (): Problem =>
  new Problem(
    422,
    'too-many-connections',
    'Too many connections',
    `A tenant may have ${MAX_CRM_CONNECTIONS}. Delete one that is not needed.`,
  );

export const credentialsNeeded = (): Problem =>
  new Problem(
    422,
    'credentials-needed',
    'The credentials belong to another host',
    'Send the credentials again with the new address: its owner would get those that are stored.',
  );

export const testNotMapped = (): Problem =>
  new Problem(
    422,
    'test-not-mapped',
    'There is no request for a test',
    'Set `test` in the settings to a request that changes nothing.',
  );

export const previewNotAvailable = (): Problem =>
  new Problem(
    422,
    'preview-not-available',
    'This connection has no mapping of its own',
    'Only requests of generic connections can be shown, for events they map.',
  );

/** @param problem what is wrong with the address, as the end of a sentence */
export const addressRefused = (field: string, problem: string): Problem =>
  new Problem(
    422,
    'url-refused',
    'The address is refused',
    `${field} ${problem}. Networks of your own are allowed by OUTBOUND_TRUSTED_NETWORKS, set where the ` +
      'services start.',
  );
