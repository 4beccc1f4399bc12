import { fileURLToPath } from 'node:url';

/** The dialplan that is shipped for Asterisk. */
export const SHIPPED_DIALPLAN = fileURLToPath(
  new URL('../../../../../deploy/asterisk/extensions.conf', import.meta.url),
);
