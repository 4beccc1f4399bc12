import type { RunningPlatform } from '@tandem/commands/platform';
import type { BookingRequest } from './booking-caller.ts';

const SERVICE = 'plumbing';
const DAY_MS = 86_400_000;
const LAST_DAY = 55;

/**
 * Returns free appointments of the demo business, each at another time.
 * @throws when there are not enough
 */
export async function freeSlots(platform: RunningPlatform, count: number): Promise<BookingRequest[]> {
  const [crm] = platform.urlsOf('crm-api');
  const requests: BookingRequest[] = [];
  for (let day = 1; day < LAST_DAY && requests.length < count; day += 1) {
    const date = new Date(Date.now() + day * DAY_MS).toISOString().slice(0, 10);
    const response = await fetch(`${crm}/v1/availability?service=${SERVICE}&date=${date}`, {
      headers: { authorization: `Bearer ${platform.stack.secrets.demoApiKey}` },
    });
    const { slots } = (await response.json()) as { slots: { start: string }[] };
    const onTheHour = slots.filter(({ start }) => new Date(start).getUTCMinutes() === 0);
    requests.push(...onTheHour.map(({ start }) => ({ service: SERVICE, start })));
  }
  if (requests.length < count)
    throw new TypeError(`The demo's calendar has only ${requests.length} free times left.`);
  return requests.slice(0, count);
}
