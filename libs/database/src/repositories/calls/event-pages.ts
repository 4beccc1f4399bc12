import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { parseCallEvent, type CallEvent } from '@tandem/contracts';
import type { CallEventPageRow } from '../../entities/timeline.entities.ts';
import { jsonParameter } from '../../rows/storable.ts';

const compress = promisify(gzip);
const decompress = promisify(gunzip);

/** Events of one page: a call of ten minutes. A reader opens the pages it shows, and no others. */
export const PAGE_EVENTS = 1_000;
/** A page is made of events that were bounded one by one; more is no page of ours. */
const MAX_PAGE_BYTES = 32 * 1024 * 1024;

type EventPage = Pick<CallEventPageRow, 'firstSequence' | 'lastSequence' | 'body'>;

/** An event, and its place in the log of its call, from 1. */
export interface NumberedEvent {
  readonly sequence: number;
  readonly event: CallEvent;
}

/** Returns the log of a call in compressed pages. */
export async function toEventPages(events: readonly CallEvent[]): Promise<EventPage[]> {
  const pages: EventPage[] = [];
  for (let from = 0; from < events.length; from += PAGE_EVENTS) {
    const page = events.slice(from, from + PAGE_EVENTS);
    const body = await compress(jsonParameter(page));
    pages.push({ firstSequence: from + 1, lastSequence: from + page.length, body });
  }
  return pages;
}

/** Returns the events of a page; those this version does not know are left out. */
export async function fromEventPage({
  firstSequence,
  body,
}: Pick<EventPage, 'firstSequence' | 'body'>): Promise<NumberedEvent[]> {
  const json = await decompress(body, { maxOutputLength: MAX_PAGE_BYTES });
  const stored = JSON.parse(json.toString('utf8')) as unknown[];
  return stored.flatMap((input, index) => {
    const event = parseCallEvent(input);
    return event ? [{ sequence: firstSequence + index, event }] : [];
  });
}
