import { MalformedInput } from '@tandem/contracts';

/** One page of a list, and where the next one starts; null on the last page. */
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

/** A cursor this database did not hand out. */
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

/** Where a page ended: the instant its list is sorted by, and the id that breaks ties. */
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
