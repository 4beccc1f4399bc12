import { Problem } from '@tandem/platform';

/** Returns the refusal of a zone that the tenant does not have, with the keys of those there are. */
export const unknownZone = (status: 404 | 422, keys: readonly string[]): Problem =>
  new Problem(
    status,
    'unknown-zone',
    'No such zone',
    keys.length === 0
      ? 'There are no zones here. Leave the zone out, or add zones first.'
      : `There is no such zone here. The zones are: ${keys.join(', ')}.`,
    { zones: keys },
  );

export const unknownLocation = (): Problem =>
  new Problem(
    422,
    'unknown-location',
    'No such location',
    'There is no location with this id. Take one of the list, or null for none.',
  );
