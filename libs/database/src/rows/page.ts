import { MalformedInput } from '@tandem/contracts';
import type { SelectQueryBuilder } from 'typeorm';

/** A page of a list, and the cursor of the next one; null on the last page. */
export interface Page<Item> {
  readonly items: readonly Item[];
  readonly nextCursor: string | null;
}

export interface PageRequest {
  /** 1 to 100. */
  readonly limit: number;
  /** From the page before; absent for the first. */
  readonly cursor?: string | undefined;
}

/** The cursor was not made by this database. */
export class CursorMalformed extends MalformedInput {
  override readonly name = 'CursorMalformed';
  constructor() {
    super(
      'cursor-malformed',
      'The cursor is not one this list gave. Take nextCursor of the previous page, or leave it out to ' +
        'start over.',
    );
  }
}

/** The end of a page: the instant its list is sorted by, and the id that breaks ties. */
export interface Position {
  readonly at: Date;
  readonly id: string;
}

const CURSOR = /^(\d{1,15})\.([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})$/;

/** @throws CursorMalformed */
export function positionOf(cursor: string): Position {
  const match = CURSOR.exec(Buffer.from(cursor, 'base64url').toString('latin1'));
  if (!match?.[1] || !match[2]) throw new CursorMalformed();
  return { at: new Date(Number(match[1])), id: match[2] };
}

/** Returns where the page starts; null for the first one. @throws CursorMalformed */
export function startOf({ cursor }: PageRequest): Position | null {
  return cursor === undefined ? null : positionOf(cursor);
}

/**
 * Runs a query newest first, from `start` on, for one row more than the page shows.
 * @param instant the property its rows are sorted by
 */
export function newestFirst<Row extends { readonly id: string }>(
  query: SelectQueryBuilder<Row>,
  instant: string & keyof Row,
  start: Position | null,
  limit: number,
): Promise<Row[]> {
  const { alias } = query;
  if (start)
    query.andWhere(`(${alias}.${instant}, ${alias}.id) < (:at, :id)`, { at: start.at, id: start.id });
  return query
    .orderBy(`${alias}.${instant}`, 'DESC')
    .addOrderBy(`${alias}.id`, 'DESC')
    .take(limit + 1)
    .getMany();
}

/** The instant of a position in a list that is sorted by name: the id alone tells its place. */
const BY_NAME = new Date(0);

/** Makes a page of a list sorted by name from one row more than asked for. */
export function toPageByName<Row extends { readonly id: string }, Item>(
  found: readonly Row[],
  limit: number,
  toItem: (row: Row) => Item,
): Page<Item> {
  return toPage(found, limit, ({ id }) => ({ at: BY_NAME, id }), toItem);
}

/** Makes a page of a list sorted by the time of creation from one row more than asked for. */
export function toPageByTime<Row extends { readonly id: string; readonly createdAt: Date }, Item>(
  found: readonly Row[],
  limit: number,
  toItem: (row: Row) => Item,
): Page<Item> {
  return toPage(found, limit, ({ createdAt, id }) => ({ at: createdAt, id }), toItem);
}

/** Makes a page of up to `limit` items from one row more than asked for. */
export function toPage<Row, Item>(
  found: readonly Row[],
  limit: number,
  position: (row: Row) => Position,
  toItem: (row: Row) => Item,
): Page<Item> {
  const shown = found.slice(0, limit);
  const last = shown.at(-1);
  const hasMore = found.length > limit && last !== undefined;
  return { items: shown.map(toItem), nextCursor: hasMore ? cursorOf(position(last)) : null };
}

function cursorOf({ at, id }: Position): string {
  return Buffer.from(`${at.getTime()}.${id}`, 'latin1').toString('base64url');
}
