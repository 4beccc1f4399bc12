import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { checkoutRoot } from '@tandem/stack';

const pages = [
  'README.md',
  'AGENTS.md',
  'CONTRIBUTING.md',
  ...readdirSync(join(checkoutRoot, 'docs'), { recursive: true, encoding: 'utf8' }).flatMap((name) =>
    name.endsWith('.md') ? [`docs/${name}`] : [],
  ),
];
const read = (page: string) => readFileSync(join(checkoutRoot, page), 'utf8');

describe('the documents', () => {
  it.each(pages)('%s names only paths that exist', (page) => {
    const named = [
      ...read(page).matchAll(/`((?:services|libs|dev|docs|helm|k8s|deploy|\.ci)\/[A-Za-z0-9_./-]+)`/g),
    ].map((match) => match[1]!);
    expect(named.filter((path) => !existsSync(join(checkoutRoot, path)))).toEqual([]);
  });

  it.each(pages)('%s links only to what exists', (page) => {
    const links = [...read(page).matchAll(/\]\((?!https?:|#|mailto:)([^)\s#]+)/g)].map((match) => match[1]!);
    expect(links.filter((link) => !existsSync(join(checkoutRoot, page, '..', link)))).toEqual([]);
  });

  it('describe the architecture on one page', () => {
    expect(read('docs/architecture.md').split('\n').length).toBeLessThanOrEqual(170);
    expect(read('AGENTS.md').split('\n').length).toBeLessThanOrEqual(100);
  });

  it.each(pages)('%s tells only of commands that exist', (page) => {
    const scripts = Object.keys(
      (JSON.parse(read('package.json')) as { scripts: Record<string, string> }).scripts,
    );
    const named = [...read(page).matchAll(/`npm run ([a-z0-9][a-z0-9:|-]*)/g)].flatMap((match) =>
      match[1]!
        .split('|')
        .map((name, index) =>
          index === 0 ? name : `${match[1]!.split('|')[0]!.split(':')[0]}:${name.replace(/^.*:/, '')}`,
        ),
    );
    expect(
      named.filter((name) => !scripts.includes(name) && !scripts.includes(name.replace(/^test:/, ''))),
    ).toEqual([]);
  });
});
