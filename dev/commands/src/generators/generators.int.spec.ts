import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { CheckoutCopy } from '../testing/checkout-copy.ts';
import type { WrittenFile } from './generator.ts';
import { GENERATORS } from './generators.ts';
import { MOST_TOUCHED } from './most-touched.ts';
import { namesOf } from './names.ts';

jest.setTimeout(300_000);

let copy: CheckoutCopy;
beforeAll(() => {
  copy = CheckoutCopy.make();
});
afterAll(() => copy.remove());

describe('npm run new', () => {
  const all: WrittenFile[] = [];

  it.each(GENERATORS.map((generator) => [generator.name, generator] as const))(
    'writes a %s, with few files to touch',
    async (kind, generator) => {
      const name = generator.isInFeature ? 'directory/send-fax' : 'send-fax';
      const written = await copy.generate(generator, name);
      console.log(`${kind}: ${written.length} files\n${written.map(({ path }) => `  ${path}`).join('\n')}`);
      expect(written.length).toBeLessThanOrEqual(MOST_TOUCHED[kind]!);
      // Routes are all held against the same rules, in services/control-api/src/routes.int.spec.ts.
      expect(written.some((file) => file.path.endsWith('.spec.ts'))).toBe(kind !== 'route');
      all.push(...written);
    },
  );

  const projects = () => [...new Set(all.map(({ path }) => path.split('/').slice(0, 2).join('/')))];

  it('writes what compiles, one of each kind together', () => copy.compile(projects()));

  it('writes what passes its specs, and those beside it', () =>
    copy.runUnitSpecsBeside(all.map(({ path }) => path)));

  it('writes nothing when a file of the name exists', async () => {
    const [tool] = GENERATORS;
    await expect(copy.generate(tool!, 'end-call')).rejects.toThrow('exists already');
  });

  it('writes nothing into a feature that does not exist', async () => {
    const route = GENERATORS.find(({ name }) => name === 'route');
    await expect(copy.generate(route!, 'nowhere/send-fax')).rejects.toThrow('There is no');
  });

  it.each(['Send-Fax', 'send_fax', '', '-fax', '../fax', 'send-', 'a/b/c', '/fax', 'fax/'])(
    'takes no name such as %p',
    (name) => {
      expect(namesOf(name)).toBeNull();
    },
  );
});
