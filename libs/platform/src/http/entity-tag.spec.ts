import { describe, expect, it } from '@jest/globals';
import { entityTag, Precondition } from './entity-tag.ts';

const body = { name: 'Bright Smile', createdAt: new Date(0), hours: [{ weekday: 1, opens: '08:00' }] };
const tag = entityTag(body);

describe('an entity tag', () => {
  it('is the same for the same JSON, whatever the order of its fields', () => {
    const { name, ...rest } = body;
    expect(entityTag({ ...rest, createdAt: '1970-01-01T00:00:00.000Z', name })).toBe(tag);
    expect(entityTag({ ...body, name: 'Bright Smiles' })).not.toBe(tag);
    expect(tag).toMatch(/^"[\w-]{22}"$/);
  });

  it.each([
    [undefined, true],
    ['*', true],
    [tag, true],
    [`W/${tag}`, true],
    [`"other", ${tag}`, true],
    ['"other"', false],
    [tag.slice(1, -1), false],
    ['', false],
  ])('lets If-Match %s through: %s', (header, isMet) => {
    expect(Precondition.of(header).isMet(body)).toBe(isMet);
  });
});
