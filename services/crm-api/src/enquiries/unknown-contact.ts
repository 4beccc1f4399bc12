import { Problem } from '@tandem/platform';

export const unknownContact = () =>
  new Problem(
    422,
    'unknown-contact',
    'No such contact',
    'There is no contact with this contactId. Ask for the list, or give contactPhone.',
  );
