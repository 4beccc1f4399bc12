import type { RunningPlatform } from './running-platform.ts';

/** A time at which somebody can come. */
export interface FreeTime {
  readonly start: string;
  readonly resource: { readonly id: string; readonly name: string };
}

/** Returns the times of a day at which a plumber of the demo's business can come, to the zone if given. */
export async function freeTimes(
  platform: RunningPlatform,
  date: string,
  zone?: string,
): Promise<readonly FreeTime[]> {
  const query = new URLSearchParams({ service: 'plumbing', date, ...(zone === undefined ? {} : { zone }) });
  const { slots } = await platform.crm<{ slots: FreeTime[] }>('GET', `/v1/availability?${query.toString()}`);
  return slots;
}
