/**
 * Returns the address of a relay's streams. `{relay}` in the public address stands for the relay id; an
 * address without a path gets the relay's own path, so that a reverse proxy can route on it (never on a
 * cookie or query, which Twilio does not send).
 */
export function mediaUrl(
  publicMediaUrl: string | undefined,
  relay: { readonly relayId: string; readonly address: string },
): string {
  const base = (publicMediaUrl ?? relay.address).replaceAll('{relay}', relay.relayId).replace(/\/+$/, '');
  const hasOwnPath = publicMediaUrl?.includes('{relay}') && new URL(base).pathname !== '/';
  return hasOwnPath ? base : `${base}${mediaPath(relay.relayId)}`;
}

/** The path a relay listens on. */
export function mediaPath(relayId: string): string {
  return `/media/${relayId}`;
}
