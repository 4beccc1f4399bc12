/** Version of the time zone rules this release is tested with: that of the Node.js in package-lock.json. */
export const ZONE_RULES = '2026c';

/**
 * Returns whether the time zone rules of this process are older than those the release is tested with.
 * Local times are then an hour off where a country has changed its rules since.
 * @param version of the IANA database, such as 2026c; later ones sort after earlier ones
 */
export function areZoneRulesOutdated(version = zoneRulesVersion()): boolean {
  return version < ZONE_RULES;
}

/** Returns the version in use; ICU_TIMEZONE_FILES_DIR may replace Node's own. */
export function zoneRulesVersion(): string {
  return process.versions['tz'] ?? 'unknown';
}
