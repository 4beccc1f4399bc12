/** Things of a tenant that the routes below name. */
interface Own {
  readonly bookingId: string;
  readonly serviceId: string;
  readonly waitingId: string;
}

/** Rules of these routes for principals of another tenant, as in api.int.spec.ts. */
export const CALENDAR_RULES = {
  'POST /v1/bookings/{id}/confirm': {
    path: (own: Own) => `/v1/bookings/${own.bookingId}/confirm`,
    stranger: 404 as const,
  },
  'GET /v1/bookings/{id}/notices': {
    path: (own: Own) => `/v1/bookings/${own.bookingId}/notices`,
    stranger: 404 as const,
  },
  'POST /v1/waiting-list': {
    path: () => '/v1/waiting-list',
    body: { service: 'plumbing', contactPhone: '+12025550123', from: '2027-03-01', until: '9998-12-31' },
    stranger: 'own' as const,
  },
  'GET /v1/waiting-list': { path: () => '/v1/waiting-list', stranger: 'own' as const },
  'GET /v1/waiting-list/{id}': {
    path: (own: Own) => `/v1/waiting-list/${own.waitingId}`,
    stranger: 404 as const,
  },
  'PATCH /v1/waiting-list/{id}': {
    path: (own: Own) => `/v1/waiting-list/${own.waitingId}`,
    body: { partOfDay: 'morning' },
    stranger: 404 as const,
  },
  'DELETE /v1/waiting-list/{id}': {
    path: (own: Own) => `/v1/waiting-list/${own.waitingId}`,
    stranger: 404 as const,
  },
  'GET /v1/booking-settings': { path: () => '/v1/booking-settings', stranger: 'own' as const },
  'PUT /v1/booking-settings': {
    path: () => '/v1/booking-settings',
    body: { reminders: [{ minutesBefore: 1_440, channel: 'sms' }] },
    stranger: 'own' as const,
  },
  'GET /v1/booking-settings/services/{id}': {
    path: (own: Own) => `/v1/booking-settings/services/${own.serviceId}`,
    stranger: 404 as const,
  },
  'PUT /v1/booking-settings/services/{id}': {
    path: (own: Own) => `/v1/booking-settings/services/${own.serviceId}`,
    body: { reminders: [] },
    stranger: 404 as const,
  },
  'DELETE /v1/booking-settings/services/{id}': {
    path: (own: Own) => `/v1/booking-settings/services/${own.serviceId}`,
    stranger: 404 as const,
  },
};
