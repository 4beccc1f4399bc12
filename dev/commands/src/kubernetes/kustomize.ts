import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { checkoutRoot } from '@tandem/stack';
import { differenceOf } from './json-patch.ts';
import { nameOf, readManifests, specOf, writeYaml } from './manifests.ts';
import type { Manifest } from './objects.ts';
import { render } from './render.ts';
import { runTool } from './tools.ts';

const K8S = join(checkoutRoot, 'k8s');
const BASE_VALUES = join(K8S, 'values/base.yaml');
const KUBERNETES = '1.35.0';
const NAMESPACE = 'tandem';

/** Overlays, with the values of the chart each one is. */
const OVERLAYS: Readonly<Record<string, readonly string[]>> = {
  small: [BASE_VALUES, 'values-small.yaml'],
  production: [BASE_VALUES, 'values-medium.yaml', join(K8S, 'values/production.yaml')],
};

const HEAD = '# Written by "npm run k8s:write" from helm/tandem; npm test fails when it is out of date.\n';

export interface KustomizeFile {
  /** Below the folder it is written to. */
  readonly path: string;
  readonly text: string;
}

/** Returns the files of one folder that kustomize reads: all objects of a release with these values. */
export async function kustomizeFolder(
  helm: string,
  values: readonly string[],
  namespace = NAMESPACE,
): Promise<KustomizeFile[]> {
  return [
    { path: 'kustomization.yaml', text: kustomization({ resources: ['tandem.yaml'] }) },
    { path: 'tandem.yaml', text: HEAD + stream(await objectsOf(helm, values, namespace)) },
  ];
}

/** Returns every file of `k8s/` that is written. */
async function kustomizeFiles(helm: string): Promise<KustomizeFile[]> {
  const base = await objectsOf(helm, [BASE_VALUES], NAMESPACE);
  const folder = await kustomizeFolder(helm, [BASE_VALUES]);
  const overlays = await Promise.all(
    Object.entries(OVERLAYS).map(async ([name, values]) =>
      overlayFiles(`overlays/${name}`, base, await objectsOf(helm, values, NAMESPACE)),
    ),
  );
  return [...folder.map(({ path, text }) => ({ path: `base/${path}`, text })), ...overlays.flat()];
}

/** Writes `k8s/base` and `k8s/overlays`; what is in them besides is removed. */
export async function writeKustomize(helm: string): Promise<readonly string[]> {
  const files = await kustomizeFiles(helm);
  for (const folder of ['base', 'overlays']) rmSync(join(K8S, folder), { recursive: true, force: true });
  return files.map((file) => writeFile(K8S, file));
}

export function writeFile(folder: string, { path, text }: KustomizeFile): string {
  const target = join(folder, path);
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(target, text);
  return target;
}

/**
 * Returns what keeps `k8s/` from being what the chart renders: files that differ, and overlays whose build by
 * the real kustomize is something else than the chart with their values.
 */
export async function kustomizeFaults(helm: string, kubectl: string): Promise<string[]> {
  const files = await kustomizeFiles(helm);
  const stale = files.filter(({ path, text }) => readIfThere(join(K8S, path)) !== text);
  if (stale.length > 0)
    return stale.map(({ path }) => `k8s/${path} is out of date. Run "npm run k8s:write" and commit it.`);
  const faults = await Promise.all(
    Object.entries(OVERLAYS).map(async ([name, values]) => {
      const built = readManifests(await runTool(kubectl, ['kustomize', join(K8S, 'overlays', name)]));
      const wanted = await objectsOf(helm, values, NAMESPACE);
      return differencesBetween(byName(built), byName(wanted)).map((fault) => `overlay ${name}: ${fault}`);
    }),
  );
  return faults.flat();
}

function differencesBetween(
  built: ReadonlyMap<string, Manifest>,
  wanted: ReadonlyMap<string, Manifest>,
): string[] {
  const names = new Set([...built.keys(), ...wanted.keys()]);
  return [...names]
    .filter((name) => !isDeepStrictEqual(built.get(name), wanted.get(name)))
    .map((name) => `${name} is not what the chart renders`);
}

async function objectsOf(helm: string, files: readonly string[], namespace: string): Promise<Manifest[]> {
  const options = { helm, kubernetes: KUBERNETES, release: NAMESPACE, namespace };
  const { manifests } = await render({ name: 'k8s', files }, options);
  return manifests.map(withoutHelm);
}

/** Nothing here is Helm's: an object that said so could be taken over by a release of that name. */
function withoutHelm(manifest: Manifest): Manifest {
  const copy = structuredClone(manifest);
  for (const { labels } of [copy.metadata, specOf(copy).template?.metadata ?? {}]) {
    if (!labels) continue;
    delete labels['helm.sh/chart'];
    labels['app.kubernetes.io/managed-by'] = 'kustomize';
  }
  return copy;
}

function overlayFiles(
  folder: string,
  base: readonly Manifest[],
  wanted: readonly Manifest[],
): KustomizeFile[] {
  const [from, to] = [byName(base), byName(wanted)];
  const added = wanted.filter((manifest) => !from.has(nameOf(manifest)));
  const patches = base.flatMap((manifest) => patchOf(manifest, to.get(nameOf(manifest))));
  const resources = ['../../base', ...(added.length > 0 ? ['added.yaml'] : [])];
  return [
    { path: `${folder}/kustomization.yaml`, text: kustomization({ resources, patches }) },
    ...(added.length > 0 ? [{ path: `${folder}/added.yaml`, text: HEAD + stream(added) }] : []),
  ];
}

function patchOf(from: Manifest, to: Manifest | undefined): object[] {
  const [group, version] = from.apiVersion.includes('/') ? from.apiVersion.split('/') : ['', from.apiVersion];
  const target = { ...(group ? { group } : {}), version, kind: from.kind, name: from.metadata.name };
  if (!to) {
    const { apiVersion, kind, metadata } = from;
    const gone = { $patch: 'delete', apiVersion, kind, metadata: { name: metadata.name } };
    return [{ target, patch: writeYaml(gone) }];
  }
  const steps = differenceOf(from, to);
  return steps.length === 0 ? [] : [{ target, patch: writeYaml(steps) }];
}

const byName = (manifests: readonly Manifest[]): Map<string, Manifest> =>
  new Map(manifests.map((manifest) => [nameOf(manifest), manifest]));

function kustomization(content: {
  readonly resources: readonly string[];
  readonly patches?: readonly object[];
}): string {
  const { resources, patches = [] } = content;
  const head = { apiVersion: 'kustomize.config.k8s.io/v1beta1', kind: 'Kustomization' };
  return HEAD + writeYaml({ ...head, resources, ...(patches.length > 0 ? { patches } : {}) });
}

function stream(manifests: readonly Manifest[]): string {
  return manifests.map((manifest) => writeYaml(manifest)).join('---\n');
}

const readIfThere = (file: string): string | null => (existsSync(file) ? readFileSync(file, 'utf8') : null);
