import { describe, expect, it } from '@jest/globals';
import { firstLoad } from './console-page.ts';

describe('the first load of the console', () => {
  it('is the page and each file it names once, from itself alone', () => {
    const html = `
      <link rel="icon" href="/console/favicon.svg" />
      <script src="/console/theme.js" nonce="n"></script>
      <script type="module" src="/console/assets/a.js"></script>
      <link rel="modulepreload" href="/console/assets/b.js" />
      <link rel="modulepreload" href="/console/assets/a.js" />
      <link rel="stylesheet" href="/console/assets/c.css" />`;
    expect(firstLoad(html)).toEqual([
      'index.html',
      'favicon.svg',
      'theme.js',
      'assets/a.js',
      'assets/b.js',
      'assets/c.css',
    ]);
  });
});
