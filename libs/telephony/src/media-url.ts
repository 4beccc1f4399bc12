/**
 * Returns the address of a relay's streams. `{relay}` in the public address stands for the relay id; an
 * address without a path gets the relay's own path, so that a reverse proxy can route on it (never on a
 * cookie or query, which not every carrier sends).
 * @param streams the relay's path for streams of one kind, where they have one of their own: `/audiosocket`
 */
export function mediaUrl(
  publicMediaUrl: string | undefined,
  relay: { readonly relayId: string; readonly address: string },
  streams = '',
): string {
  const base = (publicMediaUrl ?? relay.address).replaceAll('{relay}', relay.relayId).replace(/\/+$/, '');
  const hasOwnPath = publicMediaUrl?.includes('{relay}') && new URL(base).pathname !== '/';
  return hasOwnPath ? `${base}${streams}` : `${base}${mediaPath(relay.relayId, streams)}`;
}

/** The path a relay listens on. */
export function mediaPath(relayId: string, streams = ''): string {
  return `/media/${relayId}${streams}`;
}
