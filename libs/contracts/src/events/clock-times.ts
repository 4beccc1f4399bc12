const MINUTES = new Set([0, 5, 10, 15, 20, 25, 30, 35, 40, 45, 50, 55]);

/**
 * Returns whether these are times of the day: hours from one to twelve with or without minutes, each later
 * than the one before, past twelve once at most.
 */
export function areClockTimes(values: readonly number[] | null): boolean {
  const times = values && clockTimes(values);
  if (!times) return false;
  const steps = times.map((time, index) => time - (times[index - 1] ?? -1));
  return !steps.includes(0) && steps.filter((step) => step < 0).length <= 1;
}

/** In minutes; null when one of the numbers is no part of a time. */
function clockTimes(values: readonly number[]): number[] | null {
  const times: number[] = [];
  for (let index = 0; index < values.length;) {
    const hour = values[index++] ?? 0;
    if (hour < 1 || hour > 12) return null;
    const minute = values[index] ?? 0;
    const hasMinute = minute > 12 && MINUTES.has(minute);
    if (hasMinute) index += 1;
    times.push((hour % 12) * 60 + (hasMinute ? minute : 0));
  }
  return times;
}
