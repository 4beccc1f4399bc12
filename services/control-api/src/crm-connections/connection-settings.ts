import {
  CRM_CREDENTIALS,
  CRM_EVENTS,
  CRM_SETTINGS,
  isProblem,
  renderRequest,
  sampleEvent,
  type CrmEventType,
  type CrmKind,
  type CrmOperation,
  type GenericSettings,
  type RenderedRequest,
} from '@tandem/contracts';
import { invalidRequest, readFields, type FieldProblem } from '@tandem/platform';
import { toRequestDto, type Previewed } from './crm-connection.dto.ts';
import { previewNotAvailable } from './connection-problems.ts';

/* Settings, credentials and events as the kind of a connection has them. */

/** @throws Problem 400 naming each fault with its place */
export async function readSettings(kind: CrmKind, given: unknown): Promise<object> {
  const read = await readFields<object>(CRM_SETTINGS[kind], given);
  if (read.value === undefined) throw invalidRequest(below('settings', read.problems));
  return read.value;
}

/** Returns credentials; null for a kind that has none. @throws Problem 400 */
export async function readCredentials(kind: CrmKind, given: unknown): Promise<object | null> {
  const schema = CRM_CREDENTIALS[kind];
  if (schema === null) {
    if (given === undefined) return null;
    const message = 'must be left out: headers name secrets of the tenant';
    throw invalidRequest([{ path: ['credentials'], message }]);
  }
  if (given === undefined) throw invalidRequest([{ path: ['credentials'], message: 'is missing' }]);
  const read = await readFields<object>(schema, given);
  if (read.value === undefined) throw invalidRequest(below('credentials', read.problems));
  return read.value;
}

/** Returns the events a connection pushes; without a choice all it can. @throws Problem 400 */
export function eventsFor(
  kind: CrmKind,
  settings: unknown,
  chosen: readonly CrmEventType[] | undefined,
): CrmEventType[] {
  const possible =
    kind === 'generic'
      ? CRM_EVENTS.filter((type) => (settings as GenericSettings).events[type] !== undefined)
      : CRM_EVENTS;
  const unmapped = chosen?.find((type) => !possible.includes(type));
  if (unmapped !== undefined)
    throw invalidRequest([
      { path: ['events'], message: `has ${unmapped}, for which settings have no request` },
    ]);
  return [...new Set(chosen ?? possible)];
}

/** Returns the requests of a mapping for a sample event. @throws Problem 400, 422 `preview-not-available` */
export function previewOf(kind: CrmKind, settings: unknown, type: CrmEventType): Previewed {
  const mapping = settings as GenericSettings;
  const operation = kind === 'generic' ? mapping.events[type] : undefined;
  if (operation === undefined) throw previewNotAvailable();
  const event = sampleEvent(type);
  const shown = (part: 'search' | 'send' | 'update') => {
    const request: CrmOperation['send'] | NonNullable<CrmOperation['search']> | undefined = operation[part];
    return request && toRequestDto(rendered(mapping, request, type, part));
  };
  return {
    event: { ...event },
    search: shown('search') ?? null,
    send: toRequestDto(rendered(mapping, operation.send, type, 'send')),
    update: shown('update') ?? null,
  };
}

const FOUND_ID = 'found-id';

function rendered(
  { headers }: GenericSettings,
  request: Pick<RenderedRequest, 'method' | 'url'> & { readonly body?: unknown },
  type: CrmEventType,
  part: string,
): RenderedRequest {
  const result = renderRequest(headers, request, sampleEvent(type), part === 'update' ? FOUND_ID : null);
  if (!isProblem(result)) return result;
  throw invalidRequest([{ path: ['settings', 'events', type, part], message: result.problem }]);
}

const below = (name: string, problems: readonly FieldProblem[]): FieldProblem[] =>
  problems.map(({ path, message }) => ({ path: [name, ...path], message }));
