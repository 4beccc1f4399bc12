import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { CursorMalformed, positionOf, toPage, type Position } from './page.ts';

const pageOf = (items: readonly Position[], limit: number) =>
  toPage(
    items,
    limit,
    (item) => item,
    (item) => item,
  );

describe('a page', () => {
  it('has a cursor that leads back to its last item, only when there is more', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.record({
            at: fc.date({ min: new Date(0), max: new Date(9e14), noInvalidDate: true }),
            id: fc.uuid(),
          }),
          { maxLength: 8 },
        ),
        fc.integer({ min: 1, max: 8 }),
        (items, limit) => {
          const page = pageOf(items, limit);
          expect(page.items).toEqual(items.slice(0, limit));
          expect(page.nextCursor === null).toBe(items.length <= limit);
          if (page.nextCursor) expect(positionOf(page.nextCursor)).toEqual(items[limit - 1]);
        },
      ),
    );
  });

  it('takes no cursor but its own', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) =>
        expect(() => positionOf(text)).toThrow(CursorMalformed),
      ),
    );
  });
});
