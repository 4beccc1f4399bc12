import { randomBytes } from 'node:crypto';
import type { Sealer } from '@tandem/call-state';
import { webhookHeadersPlace, webhookSecretPlace } from '@tandem/contracts';
import type { SealedHeaders } from '@tandem/database';

const SECRET_BYTES = 32;

/** Returns a new signing secret of an endpoint, sealed. */
export function newSecret(sealer: Sealer, endpointId: string): string {
  const secret = `whsec_${randomBytes(SECRET_BYTES).toString('base64')}`;
  return sealer.seal(secret, webhookSecretPlace(endpointId));
}

/** Returns a sealed signing secret of an endpoint, opened. */
export function openSecret(sealer: Sealer, endpointId: string, sealed: string): string {
  return String(sealer.open(sealed, webhookSecretPlace(endpointId)));
}

/** Returns the names of an endpoint's own headers beside the headers, sealed. */
export function sealHeaders(
  sealer: Sealer,
  endpointId: string,
  headers: Readonly<Record<string, string>>,
): SealedHeaders {
  const names = Object.keys(headers);
  const sealed = names.length === 0 ? null : sealer.seal(headers, webhookHeadersPlace(endpointId));
  return { names, sealed };
}
