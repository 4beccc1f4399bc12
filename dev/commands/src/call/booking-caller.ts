import type { Scenario } from '@tandem/simulators';
import { z } from 'zod';

/** Access to crm-api, which says on which day there is room: the caller asks for that one. */
export interface BusinessAccess {
  readonly crmApiUrl: string;
  readonly apiKey: string;
}

const availabilitySchema = z.object({ slots: z.array(z.object({ start: z.string() })) });
/** The agent's longest turn at the pace of synthesised speech, with room. */
const LONGEST_LISTEN_MS = 30_000;
const DAYS_AHEAD = [1, 2, 3, 4, 5, 6];

/** A caller who needs a plumber on the next day that has room, takes the first time offered and confirms. */
export async function bookingScenario(access: BusinessAccess): Promise<Scenario> {
  const weekday = await nextOpenWeekday(access);
  return {
    name: 'booking',
    description: `Books a plumber for ${weekday} and confirms.`,
    turns: [
      'I need a plumber please',
      `${weekday} please`,
      'Any time',
      'The first one please',
      'Yes please',
      'No thank you',
    ].map((say) => ({
      when: 'agent-finished',
      do: { say },
      withinMs: LONGEST_LISTEN_MS,
    })),
    expect: { minAgentTurns: 5, endedBy: ['hangup-verb', 'document-end'] },
    maxCallMs: 150_000,
  };
}

async function nextOpenWeekday({ crmApiUrl, apiKey }: BusinessAccess): Promise<string> {
  for (const ahead of DAYS_AHEAD) {
    const day = new Date(Date.now() + ahead * 86_400_000);
    const date = day.toLocaleDateString('en-CA', { timeZone: 'America/New_York' });
    const response = await fetch(`${crmApiUrl}/v1/availability?service=plumbing&date=${date}`, {
      headers: { authorization: `Bearer ${apiKey}` },
    });
    const parsed = response.ok ? availabilitySchema.safeParse(await response.json()) : null;
    if (parsed?.success && parsed.data.slots.length > 0)
      return day.toLocaleDateString('en-US', { timeZone: 'America/New_York', weekday: 'long' });
  }
  throw new TypeError(
    'No day of the coming week has room for a plumber. Clear the demo data with "npm run stack:reset", ' +
      'or cancel bookings.',
  );
}
