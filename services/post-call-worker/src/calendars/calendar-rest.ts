/** The rest of a calendar after its first failure; each further one in a row doubles it. */
const FIRST_MS = 5_000;
const LONGEST_MS = 3_600_000;
/** Refused events are tried again more seldom: mostly somebody must change something first. */
const LONGEST_EVENT_MS = 6 * 3_600_000;
/** A calendar that asks for more than a day gets a day. */
const LONGEST_ASKED_MS = 86_400_000;

/** @param random from 0 to 1, so that calendars that failed together do not come back together */
export function restOf(failures: number, askedMs: number | null, random: number): number {
  const ownMs = Math.min(FIRST_MS * 2 ** Math.min(failures, 20), LONGEST_MS) * (0.8 + 0.4 * random);
  return Math.round(Math.max(ownMs, Math.min(askedMs ?? 0, LONGEST_ASKED_MS)));
}

export function eventRestOf(attempts: number, random: number): number {
  return Math.round(Math.min(60_000 * 2 ** Math.min(attempts, 20), LONGEST_EVENT_MS) * (0.8 + 0.4 * random));
}
