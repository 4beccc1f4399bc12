import type { Redis } from 'ioredis';
import { VITAL_LIMITS } from './log-bound.ts';

/** A stored event: its fields by name. */
export type StoredFields = Readonly<Record<string, string>>;

interface PagesRead {
  /**
   * Events left out of a log too large to be read whole: one written by an older version, which knew no
   * bound.
   */
  readonly omitted: number;
  /** Size of what was read. */
  readonly bytes: number;
}

/** More than all writers of a call may store. */
const MAX_READ = { events: VITAL_LIMITS.events + 1_000, bytes: VITAL_LIMITS.bytes + 1024 * 1024 };
/** Size of one reply of Redis: other clients wait for a millisecond at most. */
const PAGE_BYTES = 512 * 1024;
const FIRST_PAGE = 64;
const LARGEST_PAGE = 1_000;
/** Number of events read from the end of a log that is too large: how the call ended is among them. */
const TAIL = 64;

/**
 * Reads a stream from its beginning in pages and hands each event over at once, so that no reply is large. Of
 * a stream beyond the bound it reads the beginning and the last events.
 */
export async function readPages(
  redis: Redis,
  key: string,
  onEvent: (fields: StoredFields) => void,
): Promise<PagesRead> {
  let events = 0;
  let bytes = 0;
  let from = '-';
  for (let count = FIRST_PAGE; ;) {
    const page = await redis.xrange(key, from, '+', 'COUNT', count);
    const pageBytes = handOver(page, onEvent);
    events += page.length;
    bytes += pageBytes;
    const last = page.at(-1);
    if (!last || page.length < count) return { omitted: 0, bytes };
    from = idAfter(last[0]);
    if (events >= MAX_READ.events || bytes >= MAX_READ.bytes)
      return { omitted: await readTail(redis, key, from, events, onEvent), bytes };
    count = Math.max(1, Math.min(LARGEST_PAGE, Math.floor(PAGE_BYTES / (pageBytes / page.length + 1))));
  }
}

/** Returns how many events lie between what was read and the tail. */
async function readTail(
  redis: Redis,
  key: string,
  from: string,
  events: number,
  onEvent: (fields: StoredFields) => void,
): Promise<number> {
  const all = await redis.xlen(key);
  const tail = await redis.xrevrange(key, '+', from, 'COUNT', TAIL);
  handOver(tail.reverse(), onEvent);
  return Math.max(0, all - events - tail.length);
}

/** Returns the size in bytes. */
function handOver(
  entries: readonly [id: string, fields: string[]][],
  onEvent: (fields: StoredFields) => void,
): number {
  let bytes = 0;
  for (const [, flat] of entries) {
    const fields = toFields(flat);
    for (const value of Object.values(fields)) bytes += value.length;
    onEvent(fields);
  }
  return bytes;
}

/** Returns the fields of an entry by name. */
export function toFields(flat: readonly string[]): StoredFields {
  const fields: Record<string, string> = {};
  for (let index = 0; index + 1 < flat.length; index += 2) fields[flat[index] ?? ''] = flat[index + 1] ?? '';
  return fields;
}

/** Returns the smallest id above this one. */
export function idAfter(id: string): string {
  const [ms, sequence] = id.split('-');
  return `${ms}-${BigInt(sequence ?? 0) + 1n}`;
}
