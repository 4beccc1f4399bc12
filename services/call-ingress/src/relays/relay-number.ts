/** A number the edge writes behind the common part of a relay's name: up to 9999, without zeros in front. */
const NUMBER_AT_END = /(?:^|\D)(0|[1-9]\d{0,3})$/;

/** Returns the number by which the edge knows a relay; null where its name has none. */
export function relayNumber(relayId: string): number | null {
  const digits = NUMBER_AT_END.exec(relayId)?.[1];
  return digits === undefined ? null : Number(digits);
}

/**
 * Returns the relays whose AudioSocket nobody reaches. Relays with one address in common are behind an edge,
 * which tells them apart by their number; a name without one leads nowhere.
 */
export function withoutNumberBehindEdge<
  Relay extends { readonly relayId: string; readonly audioSocket?: string | undefined },
>(relays: readonly Relay[]): Relay[] {
  const addresses = relays.map(({ audioSocket }) => audioSocket);
  return relays.filter(
    ({ relayId, audioSocket }, at) =>
      audioSocket !== undefined &&
      relayNumber(relayId) === null &&
      addresses.some((other, index) => index !== at && other === audioSocket),
  );
}
