import { PassThrough } from 'node:stream';
import { expect, it } from '@jest/globals';
import type { Response } from 'express';
import { sendCsv } from './csv-export.ts';

/** A response whose receiver reads nothing. */
function unreadResponse(): PassThrough & Response {
  const response = new PassThrough({ highWaterMark: 1 });
  return Object.assign(response, {
    req: {},
    status: () => response,
    set: () => response,
  }) as unknown as PassThrough & Response;
}

it('an export ends when its receiver goes away while a page is read', async () => {
  const response = unreadResponse();
  response.resume();
  const pages: (string | undefined)[] = [];
  await sendCsv(response, 'contacts', { name: (item: string) => item }, async (cursor) => {
    pages.push(cursor);
    if (cursor === undefined) return { items: ['Ada'], nextCursor: 'second' };
    response.destroy();
    await new Promise((closed) => response.once('close', closed));
    return { items: ['Grace'], nextCursor: 'third' };
  });
  expect(pages).toEqual([undefined, 'second']);
});
