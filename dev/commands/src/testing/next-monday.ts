/** Returns the next Monday after today in UTC, as YYYY-MM-DD: a day on which the seeds' business is open. */
export function nextMonday(): string {
  const day = new Date(Date.now() + 86_400_000);
  while (day.getUTCDay() !== 1) day.setUTCDate(day.getUTCDate() + 1);
  return day.toISOString().slice(0, 10);
}
