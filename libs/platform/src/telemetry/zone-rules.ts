/** Rules of time zones this release is tested with: those inside the Node.js of its package-lock.json. */
export const ZONE_RULES = '2026c';

/**
 * Whether the rules of time zones of this process are older than those the release is tested with.
 * Appointments are then offered and said an hour off where a country has changed its clocks since.
 * @param version of the IANA database, such as 2026c; later ones sort after earlier ones
 */
export function areZoneRulesOutdated(version = zoneRulesVersion()): boolean {
  return version < ZONE_RULES;
}

/** The version in use, which is not Node's own where ICU_TIMEZONE_FILES_DIR brings another. */
export function zoneRulesVersion(): string {
  return process.versions['tz'] ?? 'unknown';
}
