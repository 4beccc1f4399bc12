import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { StackError } from '@tandem/stack';
import { isKept } from './kept-files.ts';
import { productionPackages, type Lockfile } from './production-packages.ts';

/** A file of an image. */
export interface PlannedFile {
  /** Below the image's /app. */
  readonly to: string;
  /** Below the root of the checkout. */
  readonly from: string;
  readonly sizeBytes: number;
}

export interface ImagePlan {
  readonly name: string;
  /** Ours, by folder: services/media-relay, libs/platform, … */
  readonly workspaces: readonly string[];
  /** From the registry, as name@version. */
  readonly packages: readonly string[];
  /** In the order of their paths. */
  readonly files: readonly PlannedFile[];
  readonly sizeBytes: number;
}

/** Beside the packages: the entry, and what else can be run in an image. */
const ENTRIES = ['main.mjs', 'health.mjs'];
/** Where there is a database as well. */
const OPERATOR_COMMANDS = ['create-tenant.mjs', 'sign-in-link.mjs', 'operator-command.mjs'];
const DATABASE_ENTRIES = ['migrate.mjs', 'audit.mjs', ...OPERATOR_COMMANDS];
const PAPERS = ['LICENSE', 'NOTICE'];
/** Only there do simulators go: no image of a service has a package of the workshop in it. */
const GROUPS = ['services', 'dev'];

/** A page for browsers and no process: it lies in the image of the service that has it among its packages. */
const PAGES = ['console'];

/** Returns the images there are: one for each service, and one of the simulators. */
export function imageNames(root: string): string[] {
  const services = readdirSync(join(root, 'services')).filter((name) => !PAGES.includes(name));
  return [...services, 'simulators'];
}

/**
 * Returns every file of an image beyond its base, from an installed and compiled checkout.
 * @param name of a service, or `simulators`
 */
export function planImage(root: string, name: string): ImagePlan {
  const folder = GROUPS.map((group) => `${group}/${name}`).find((path) =>
    existsSync(join(root, path, 'package.json')),
  );
  if (!folder)
    throw new StackError(`There is no image "${name}".`, `The images are ${imageNames(root).join(', ')}.`);
  const { packages: lock } = readJson<{ packages: Lockfile }>(join(root, 'package-lock.json'));
  const { workspaces, registry } = productionPackages(lock, folder);
  const placeOf = (path: string) => placed(path, folder, lock);
  // A package of another platform is in the lockfile and not installed.
  const installed = registry.filter((path) => lock[path]?.optional !== true || existsSync(join(root, path)));
  const files = [
    ...workspaces.flatMap((path) => filesOf(root, path, placeOf(path), true)),
    ...installed.flatMap((path) => filesOf(root, path, placeOf(path), false)),
    ...entriesOf(name, workspaces).map((entry) => fileAt(root, `deploy/image/${entry}`, entry)),
    ...PAPERS.map((paper) => fileAt(root, paper, paper)),
  ].sort((a, b) => (a.to < b.to ? -1 : 1));
  return {
    name,
    workspaces,
    packages: installed.map((path) => `${nameOf(path)}@${lock[path]?.version}`),
    files,
    sizeBytes: files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
  };
}

function entriesOf(name: string, workspaces: readonly string[]): string[] {
  if (name === 'simulators') return [];
  return workspaces.includes('libs/database') ? [...ENTRIES, ...DATABASE_ENTRIES] : ENTRIES;
}

/** The wanted workspace becomes /app/service, the other ones packages like all others. */
function placed(path: string, folder: string, lock: Lockfile): string {
  const at = path.indexOf('/node_modules/');
  const owner = at < 0 ? path : path.slice(0, at);
  const rest = at < 0 ? '' : path.slice(at);
  if (owner === folder) return `service${rest}`;
  if (owner.startsWith('node_modules/')) return path;
  const link = Object.keys(lock).find((key) => lock[key]?.link && lock[key].resolved === owner);
  return `${link ?? owner}${rest}`;
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
}

function filesOf(root: string, from: string, to: string, isOurs: boolean): PlannedFile[] {
  const walk = (below: string): string[] =>
    readdirSync(join(root, from, below), { withFileTypes: true }).flatMap((entry) => {
      const path = below === '' ? entry.name : `${below}/${entry.name}`;
      if (entry.isDirectory()) return entry.name === 'node_modules' ? [] : walk(path);
      return isKept(path, isOurs) ? [path] : [];
    });
  return walk('').map((path) => fileAt(root, `${from}/${path}`, `${to}/${path}`));
}

function fileAt(root: string, from: string, to: string): PlannedFile {
  return { from, to, sizeBytes: statSync(join(root, from)).size };
}

function readJson<Of>(file: string): Of {
  return JSON.parse(readFileSync(file, 'utf8')) as Of;
}
