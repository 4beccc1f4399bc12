import {
  fillSecrets,
  isProblem,
  lookUp,
  renderRequest,
  valueAt,
  type CrmEventType,
  type CrmOperation,
  type GenericSettings,
  type RenderedRequest,
} from '@tandem/contracts';
import type { CrmAdapter, CrmEvent, PushContext } from '../crm-adapter.ts';
import { CrmFault } from '../crm-fault.ts';
import { faultOf, type CrmAnswer } from '../crm-http.ts';

type Request = Parameters<typeof renderRequest>[1];

/** A CRM that speaks JSON over HTTP, by the mapping of its connection. */
export const genericCrm: CrmAdapter = {
  async push(event, context) {
    const { events } = context.settings as GenericSettings;
    const operation = events[event.type as CrmEventType];
    if (operation === undefined) throw new CrmFault('refused', 'not-mapped');
    const foundId = operation.search ? await search(operation.search, event, context) : null;
    const request = foundId === null ? operation.send : operation.update;
    if (request === undefined) return 200;
    return (await ask(request, event, foundId, context)).status;
  },

  async check(event, context) {
    const { test } = context.settings as GenericSettings;
    if (test === undefined) throw new CrmFault('refused', 'test-not-mapped');
    return (await ask(test, event, null, context)).status;
  },
};

async function search(
  { idPath, ...request }: NonNullable<CrmOperation['search']>,
  event: CrmEvent,
  context: PushContext,
): Promise<string | null> {
  const answer = await send(request, event, null, context);
  if (answer.status === 404) return null;
  refuse(answer);
  if (answer.json === null && answer.text !== '')
    throw new CrmFault('failed', 'response-unreadable', { status: answer.status });
  const found = lookUp(answer.json, idPath) ?? null;
  return typeof found === 'string' || typeof found === 'number' ? String(found) : null;
}

async function ask(
  request: Request,
  event: CrmEvent,
  foundId: string | null,
  context: PushContext,
): Promise<CrmAnswer> {
  const answer = await send(request, event, foundId, context);
  refuse(answer);
  return answer;
}

async function send(
  request: Request,
  event: CrmEvent,
  foundId: string | null,
  context: PushContext,
): Promise<CrmAnswer> {
  const { headers } = context.settings as GenericSettings;
  const rendered = renderRequest(headers, request, event, foundId);
  if (isProblem(rendered)) throw new CrmFault('refused', 'value-missing', { words: rendered.problem });
  return context.http.send({ ...rendered, headers: await withSecrets(rendered, context) });
}

async function withSecrets(
  { headers }: RenderedRequest,
  context: PushContext,
): Promise<Record<string, string>> {
  const filled: Record<string, string> = {};
  for (const [name, template] of Object.entries(headers)) {
    const opened = new Map<string, string | null>();
    for (const [, key = ''] of template.matchAll(/\{secret:([A-Z0-9_]+)\}/g))
      opened.set(key, await context.secret(key));
    const value = fillSecrets(template, (key) => opened.get(key) ?? null);
    if (value === null)
      throw new CrmFault('unavailable', 'secret-missing', {
        words: `A secret in the header ${name} is missing.`,
      });
    filled[name] = value;
  }
  return filled;
}

function refuse(answer: CrmAnswer): void {
  const { status } = answer;
  if (status >= 200 && status < 300) return;
  const words = wordsOf(answer);
  if (status === 401) throw new CrmFault('unavailable', 'http-401', { status, words, retryAfterMs: 60_000 });
  if (status === 403) throw new CrmFault('failed', 'http-403', { status, words });
  throw faultOf(answer, words);
}

const WORDS = ['detail', 'message', 'error.message', 'error', 'title', 'errors.0.message', '0.message'];

/** Returns what a response says about itself. */
function wordsOf({ json, text }: CrmAnswer): string | null {
  const words = WORDS.map((path) => valueAt(json, path)).find((value) => typeof value === 'string');
  return typeof words === 'string' ? words : text === '' ? null : text;
}
