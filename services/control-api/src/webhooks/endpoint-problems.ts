import { MAX_WEBHOOK_ENDPOINTS } from '@tandem/database';
import { Problem } from '@tandem/platform';

/* What the routes of webhook endpoints refuse. */

export const endpointNotFound = (): Problem =>
  new Problem(
    404,
    'endpoint-not-found',
    'No such endpoint',
    'There is no webhook endpoint with this id. Ask for the list.',
  );

export const tooManyEndpoints = (): Problem =>
  new Problem(
    422,
    'too-many-endpoints',
    'Too many endpoints',
    `A tenant may have ${MAX_WEBHOOK_ENDPOINTS}. Delete one that is not needed.`,
  );

export const headersNeeded = (names: readonly string[]): Problem =>
  new Problem(
    422,
    'headers-needed',
    'The headers belong to another host',
    `Send the headers again with the new address, or {} to have none: ${names.join(', ')}.`,
  );

/** @param unknown what the tenant does not have, by kind of filter */
export const unknownFilter = (unknown: Readonly<Record<string, readonly string[]>>): Problem =>
  new Problem(
    422,
    'unknown-filter',
    'The filters name something you do not have',
    `There is nothing with these ids and numbers: ${Object.values(unknown).flat().join(', ')}.`,
    { unknown },
  );

/** @param problem what is wrong with the url, as the end of a sentence */
export const urlRefused = (problem: string): Problem =>
  new Problem(
    422,
    'url-refused',
    'The address is refused',
    `The url ${problem}. Networks of your own are allowed by OUTBOUND_TRUSTED_NETWORKS, set where the ` +
      'services start.',
  );
