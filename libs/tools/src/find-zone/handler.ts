import type { ToolOutcome } from '@tandem/contracts';
import type { CrmResponse } from '../crm/crm-http.ts';
import { foundZoneSchema, type FoundZone } from '../crm/crm-responses.ts';
import { outcomeOf, refused } from '../crm/outcome.ts';
import { spokenCode } from '../spoken.ts';
import { handle, type ToolRunContext } from '../tool-handler.ts';
import { findZone } from './declaration.ts';

/**
 * Looks for the postcode, and for the place where that leads nowhere. A postcode that lies outside says that
 * nobody goes there; the name of a place that is not known says nothing.
 */
export const findZoneHandler = handle(findZone, async ({ postcode, country, place }, context) => {
  const spoken = postcode === undefined ? {} : { spoken: spokenCode(postcode) };
  if (postcode !== undefined) {
    const byCode = await ask(context, { postcode, country });
    if (byCode.kind !== 'ok') return outcomeOf(byCode);
    if (byCode.value.zone || place === undefined || byCode.value.notFound?.code === 'outside')
      return told(byCode.value, 'postcode', spoken);
  }
  if (place === undefined)
    return refused(
      'nowhere-named',
      'Neither a postcode nor a town was given. Ask the caller for the postcode.',
    );
  const byPlace = await ask(context, { place });
  return byPlace.kind === 'ok' ? told(byPlace.value, 'place', spoken) : outcomeOf(byPlace);
});

function ask(
  context: ToolRunContext,
  query: Readonly<Record<string, string | undefined>>,
): Promise<CrmResponse<FoundZone>> {
  return context.crm.ask(context, {
    method: 'GET',
    path: '/v1/zones/find',
    query,
    answer: foundZoneSchema,
  });
}

const NOT_ON_RECORD =
  'Where the company goes is not on record by this. Take the appointment without a zone, with the address ' +
  'in the notes, and do not promise that somebody goes there.';
const PLACE_UNKNOWN = 'No place of this name is on record, which says nothing yet. Ask for the postcode.';
const OUTSIDE = 'It lies outside of where the company goes. Say so; offer no appointment there.';
const NOT_SERVED = 'Nobody goes to this zone at present. Say so; offer to take a message.';

function told(
  { zone, served, location, notFound }: FoundZone,
  by: 'postcode' | 'place',
  spoken: { readonly spoken?: string },
): ToolOutcome {
  const near = location ? { location: shown(location) } : {};
  if (zone && served)
    return { status: 'ok', value: { served, zone: zone.key, name: zone.name, ...spoken, ...near } };
  if (zone)
    return { status: 'ok', value: { served, name: zone.name, explanation: NOT_SERVED, ...spoken, ...near } };
  if (notFound?.code !== 'outside')
    return { status: 'ok', value: { explanation: NOT_ON_RECORD, ...spoken, ...near } };
  return by === 'place'
    ? { status: 'ok', value: { explanation: PLACE_UNKNOWN, ...near } }
    : { status: 'ok', value: { served, explanation: OUTSIDE, ...spoken, ...near } };
}

const shown = ({ name, address, phone }: NonNullable<FoundZone['location']>) => ({
  name,
  ...(address === '' ? {} : { address }),
  ...(phone === null ? {} : { phone }),
});
