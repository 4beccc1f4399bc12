import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import type { Page } from '@tandem/database';
import { Endpoint, recordAct } from '@tandem/platform';
import type { Response } from 'express';
import { csvLine } from './csv-text.ts';

const logger = new Logger('CsvExport');

/** A receiver that reads nothing for this long is given up, since its request holds a place of the tenant. */
const MAX_STALL_MS = 30_000;

/** Items read at once. */
export const EXPORT_PAGE = 100;

/** A column of a file and what it shows of an item. */
export type CsvColumns<Item> = Readonly<Record<string, (item: Item) => string | number | boolean | null>>;

/** Describes a route that sends a file. */
export const CsvEndpoint = (summary: string, example: string): MethodDecorator =>
  Endpoint({
    summary,
    description:
      'RFC 4180 in UTF-8. A cell that a spreadsheet would take for a formula begins with an apostrophe. If ' +
      'the connection breaks off before the end, the file is not complete.',
    success: { contentType: 'text/csv', example },
  });

/**
 * Sends all pages of a list as a file, each as it is read.
 * @param pageAfter reads the page after a cursor; undefined for the first, whose refusal is the response
 */
export async function sendCsv<Item>(
  response: Response,
  name: string,
  columns: CsvColumns<Item>,
  pageAfter: (cursor: string | undefined) => Promise<Page<Item>>,
): Promise<void> {
  let page = await pageAfter(undefined);
  await recordAct(response);
  response.status(200).set({
    'Content-Type': 'text/csv; charset=utf-8; header=present',
    'Content-Disposition': `attachment; filename="${name}.csv"`,
    'Cache-Control': 'private, no-store',
  });
  response.write(csvLine(Object.keys(columns)));
  const show = Object.values(columns);
  try {
    for (;;) {
      const text = page.items.map((item) => csvLine(show.map((of) => of(item)))).join('');
      // Gone while the page was read: its 'close' is over and never comes again.
      if (response.destroyed) return;
      if (text !== '' && !response.write(text)) await drained(response);
      if (page.nextCursor === null || response.destroyed) break;
      page = await pageAfter(page.nextCursor);
    }
    response.end();
  } catch (error) {
    // The file must not look whole: the connection is closed before its end.
    logger.warn({ err: error, name }, 'export broke off');
    response.destroy();
  }
}

/** Waits until the receiver has read what was sent, or is gone; one that stops reading is given up. */
async function drained(response: Response): Promise<void> {
  const over = new AbortController();
  const { signal } = over;
  try {
    const first: unknown = await Promise.race([
      once(response, 'drain', { signal }),
      once(response, 'close', { signal }),
      sleep(MAX_STALL_MS, 'stalled', { signal }),
    ]);
    if (first === 'stalled') response.destroy();
  } finally {
    over.abort();
  }
}
