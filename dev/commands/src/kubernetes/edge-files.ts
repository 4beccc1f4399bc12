import { copyFileSync, existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkoutRoot } from '@tandem/stack';
import { CHART } from './value-sets.ts';

/** Configuration of the edge, used by Compose too. A chart holds no file from outside, so it has a copy. */
const SOURCE = join(checkoutRoot, 'deploy/edge');
const COPY = join(CHART, 'files/edge');

const names = (): string[] => (existsSync(SOURCE) ? readdirSync(SOURCE) : []);

/** Copies the configuration of the edge into the chart. */
export function copyEdgeFiles(): void {
  for (const name of names()) copyFileSync(join(SOURCE, name), join(COPY, name));
}

/** Returns a sentence for each file of the chart's edge that is not the one in `deploy/edge`. */
export function edgeFileFaults(): string[] {
  return names()
    .filter((name) => textOf(join(COPY, name)) !== textOf(join(SOURCE, name)))
    .map((name) => `helm/tandem/files/edge/${name} is out of date. Run "npm run k8s:write" and commit it.`);
}

const textOf = (file: string): string | null => (existsSync(file) ? readFileSync(file, 'utf8') : null);
