import { describe, expect, it } from '@jest/globals';
import { isKept } from './kept-files.ts';
import { productionPackages, type Lockfile } from './production-packages.ts';

const lock: Lockfile = {
  '': {},
  'services/one': { dependencies: { '@ours/lib': '1', web: '1' } },
  'libs/lib': {
    dependencies: { store: '1' },
    peerDependencies: { tool: '1' },
    peerDependenciesMeta: { tool: { optional: true } },
  },
  'libs/lib/node_modules/store': { dependencies: { shared: '1' } },
  'node_modules/@ours/lib': { resolved: 'libs/lib', link: true },
  'node_modules/web': { dependencies: { shared: '2' }, peerDependencies: { store: '2' } },
  'node_modules/web/node_modules/shared': {},
  'node_modules/shared': { optionalDependencies: { native: '1', absent: '1' } },
  'node_modules/store': {},
  'node_modules/native': { optional: true },
  'node_modules/tool': {},
};

describe('the packages of an image', () => {
  it('are what Node finds for each dependency, nearest first, and nothing else', () => {
    expect(productionPackages(lock, 'services/one')).toEqual({
      workspaces: ['services/one', 'libs/lib'],
      registry: [
        'libs/lib/node_modules/store',
        'node_modules/native',
        'node_modules/shared',
        'node_modules/store',
        'node_modules/web',
        'node_modules/web/node_modules/shared',
      ],
    });
  });

  it('are refused when the lockfile lacks one', () => {
    const short = Object.fromEntries(Object.entries(lock).filter(([path]) => path !== 'node_modules/store'));
    expect(() => productionPackages(short, 'services/one')).toThrow('has no store for node_modules/web');
  });

  it.each([
    ['index.js', true],
    ['build/index.d.ts', false],
    ['index.js.map', false],
    ['README.md', false],
    ['LICENSE.md', true],
    ['lib/data.json', true],
    ['lib/test/index.js', true],
    ['test/index.js', false],
    ['lib/index.spec.js', false],
  ])('of others: %s is kept: %s', (path, expected) => expect(isKept(path, false)).toBe(expected));

  it.each([
    ['dist/main.js', true],
    ['dist/main.spec.js', false],
    ['dist/testing/line.js', false],
    ['dist/bench/walk.bench.js', false],
    ['src/main.ts', false],
    ['package.json', true],
    ['src/page/talk.html', true],
    ['tsconfig.json', false],
  ])('of ours: %s is kept: %s', (path, expected) => expect(isKept(path, true)).toBe(expected));
});
