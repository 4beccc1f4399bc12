/** Ids of a business that another one asks for. */
export interface OwnedPlaces {
  readonly locationId: string;
  readonly zoneId: string;
}

const location = (own: OwnedPlaces) => `/v1/locations/${own.locationId}`;
const zone = (own: OwnedPlaces) => `/v1/zones/${own.zoneId}`;
const hidden = { stranger: 404 } as const;
const theirOwn = { stranger: 'own' } as const;

/** Rules of the routes of locations and zones, for the spec of all routes. */
export const ZONE_RULES = {
  'GET /v1/locations': { path: () => '/v1/locations', ...theirOwn },
  'POST /v1/locations': { path: () => '/v1/locations', body: { name: 'Workshop' }, ...theirOwn },
  'GET /v1/locations/{id}': { path: location, ...hidden },
  'PATCH /v1/locations/{id}': { path: location, body: { name: 'Mine now' }, ...hidden },
  'DELETE /v1/locations/{id}': { path: location, ...hidden },
  'GET /v1/zones': { path: () => '/v1/zones', ...theirOwn },
  'POST /v1/zones': { path: () => '/v1/zones', body: { key: 'north', name: 'North' }, ...theirOwn },
  'GET /v1/zones/find': { path: () => '/v1/zones/find?place=Albany', ...theirOwn },
  'GET /v1/zones/{id}': { path: zone, ...hidden },
  'PATCH /v1/zones/{id}': { path: zone, body: { name: 'Mine now' }, ...hidden },
  'DELETE /v1/zones/{id}': { path: zone, ...hidden },
};
