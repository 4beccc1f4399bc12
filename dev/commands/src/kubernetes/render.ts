import { join } from 'node:path';
import { readManifests } from './manifests.ts';
import type { Manifest } from './objects.ts';
import { runTool } from './tools.ts';
import { CHART, type ValueSet } from './value-sets.ts';

export const RELEASE = 'tandem';
export const NAMESPACE = 'voice';

/** Objects that one set of values becomes. */
export interface RenderedSet {
  readonly name: string;
  readonly manifests: readonly Manifest[];
}

export interface RenderOptions {
  readonly helm: string;
  /** Three parts: Helm 3 and 4 read two differently. */
  readonly kubernetes: string;
  readonly chart?: string;
  readonly release?: string;
  readonly namespace?: string;
  readonly extra?: readonly string[];
}

/** @throws StackError with what Helm says, or Error when the result is no YAML */
export async function render(set: ValueSet, options: RenderOptions): Promise<RenderedSet> {
  const { helm, kubernetes, chart = CHART, release = RELEASE, namespace = NAMESPACE, extra = [] } = options;
  const values = set.files.flatMap((file) => ['--values', file.startsWith('/') ? file : join(chart, file)]);
  const output = await runTool(helm, [
    'template',
    release,
    chart,
    '--namespace',
    namespace,
    '--kube-version',
    kubernetes,
    ...values,
    ...extra,
  ]);
  return { name: set.name, manifests: readManifests(output) };
}
