import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { StackError } from '@tandem/stack';
import { Ajv } from 'ajv';
import YAML from 'yaml';
import type { Tally } from '../checks/tally.ts';
import { edgeFileFaults } from './edge-files.ts';
import { edgeSettingFaults } from './edge-settings.ts';
import { kustomizeFaults } from './kustomize.ts';
import { ObjectSchemas } from './object-schemas.ts';
import { PLANTED_AUDIOSOCKETS } from './planted-audiosockets.ts';
import { plant, PLANTED_MISTAKES, type PlantedMistake } from './planted-mistakes.ts';
import { PLANTED_VALUES } from './planted-values.ts';
import { promtoolFaults } from './promtool.ts';
import { render, type RenderedSet } from './render.ts';
import { brokenRules, type Found } from './rules/rules.ts';
import { areToolsThere, toolPath, tryTool } from './tools.ts';
import { CHART, valueSets, type ValueSet } from './value-sets.ts';
import { valuesSchema } from './values-schema.ts';

/** The oldest Kubernetes the chart allows with Helm 3, the newest with Helm 4. */
const OLDEST = '1.30.0';
const NEWEST = '1.35.0';

/** Programs of the check, downloaded. */
interface Helms {
  readonly helm3: string;
  readonly helm4: string;
  readonly kubectl: string;
}

interface Part {
  readonly name: string;
  readonly faults: readonly string[];
}

/**
 * Lints and renders the chart with both Helms for every set of values, holds the objects against the schemas
 * of their kinds and against our rules, checks that `k8s/` is what the chart renders, and plants mistakes to
 * see that they are found. Prints each fault.
 */
export async function checkChart(): Promise<Tally> {
  if (!areToolsThere()) {
    console.log('  Helm and kubectl come for Linux on x64 only: the chart is not checked on this machine.');
    return { passed: 0, failed: 0 };
  }
  const helms = await programs();
  const sets = await mapTwoAtATime(valueSets(), (set) => renderedTwice(set, helms));
  const rendered = sets.flatMap(({ set }) => set ?? []);
  const schemas = new ObjectSchemas();
  const edge = await edgeSettingFaults(rendered);
  const parts: Part[] = [
    { name: `values.yaml fits its schema, and has every key of it`, faults: valuesFaults() },
    { name: 'helm lint --strict, Helm 3 and 4', faults: await lintFaults(helms) },
    ...sets.map(({ name, faults, set }) => ({
      name: `values "${name}": Helm 3 and 4 alike, valid, within the rules`,
      faults: [...faults, ...(set ? faultsIn(set, schemas).map(({ by, fault }) => `${by}: ${fault}`) : [])],
    })),
    { name: 'the edge of the chart is that of deploy/edge', faults: edgeFileFaults() },
    { name: "the edge's settings, read by HAProxy", faults: edge.faults },
    {
      name: 'the alerts, judged and run by promtool',
      faults: await promtoolFaults(sets.find(({ name }) => name === 'all-on')?.set?.manifests ?? []),
    },
    { name: 'k8s/ is what the chart renders', faults: await kustomizeFaults(helms.helm4, helms.kubectl) },
  ];
  const planted = [
    ...(await plantedValues(helms.helm4)),
    ...Object.entries(edge.planted).map(([what, faults]) => ({ name: `edge: ${what}`, faults })),
    ...plantedMistakes(rendered, schemas),
  ];
  report(parts, planted);
  const failed = [...parts, ...planted].filter(({ faults }) => faults.length > 0).length;
  return { passed: parts.length + planted.length - failed, failed };
}

function report(parts: readonly Part[], planted: readonly Part[]): void {
  for (const { name, faults } of parts) {
    console.log(`  ${faults.length === 0 ? '✔' : '✖'} ${name}`);
    for (const fault of faults) console.error(`      ${fault}`);
  }
  const missed = planted.filter(({ faults }) => faults.length > 0);
  const count = `${planted.length - missed.length} of ${planted.length}`;
  console.log(`  ${missed.length === 0 ? '✔' : '✖'} ${count} planted mistakes found:`);
  for (const { name, faults } of planted) {
    console.log(`      ${faults.length === 0 ? '✔' : '✖'} ${name}`);
    for (const fault of faults) console.error(`          ${fault}`);
  }
}

async function programs(): Promise<Helms> {
  const [helm3, helm4, kubectl] = [
    await toolPath('helm3'),
    await toolPath('helm4'),
    await toolPath('kubectl'),
  ];
  return { helm3, helm4, kubectl };
}

/** Helm is a process of its own; two at a time is what a small machine has processors for. */
async function mapTwoAtATime<From, To>(
  all: readonly From[],
  task: (one: From) => Promise<To>,
): Promise<To[]> {
  const results: To[] = [];
  let next = 0;
  const lane = async () => {
    for (let index = next++; index < all.length; index = next++) results[index] = await task(all[index]!);
  };
  await Promise.all([lane(), lane()]);
  return results;
}

async function renderedTwice(
  set: ValueSet,
  { helm3, helm4 }: Helms,
): Promise<{ readonly name: string; readonly set: RenderedSet | null; readonly faults: readonly string[] }> {
  try {
    const newest = await render(set, { helm: helm4, kubernetes: NEWEST });
    const oldest = await render(set, { helm: helm3, kubernetes: OLDEST });
    const isAlike = isDeepStrictEqual(newest.manifests, oldest.manifests);
    return {
      name: set.name,
      set: newest,
      faults: isAlike ? [] : ['Helm 3 and Helm 4 make different objects'],
    };
  } catch (error) {
    const said = error instanceof StackError ? error.message : String(error);
    return { name: set.name, set: null, faults: [said] };
  }
}

function faultsIn(set: RenderedSet, schemas: ObjectSchemas): Found[] {
  return [
    ...set.manifests.flatMap((manifest) =>
      schemas.faultsOf(manifest).map((fault) => ({ by: 'schema', fault })),
    ),
    ...brokenRules(set),
  ];
}

async function lintFaults({ helm3, helm4 }: Helms): Promise<string[]> {
  const values = ['--values', join(CHART, 'ci/required.yaml')];
  const runs = await Promise.all(
    [helm3, helm4].map((helm) => tryTool(helm, ['lint', '--strict', CHART, ...values])),
  );
  return runs.flatMap(({ isDone, output, complaint }) => (isDone ? [] : [`${output}\n${complaint}`]));
}

/** Keys are explained in `values.yaml`: a key of the schema that is not there has no explanation. */
function valuesFaults(): string[] {
  const values = YAML.parse(readFileSync(join(CHART, 'values.yaml'), 'utf8')) as Record<string, unknown>;
  const schema = valuesSchema();
  const validate = new Ajv({ strict: false, allErrors: true }).compile(schema);
  validate(values);
  return [
    ...(validate.errors ?? []).map(
      ({ instancePath, message, params }) => `${instancePath} ${message} ${JSON.stringify(params)}`,
    ),
    ...unexplained(schema, values, ''),
  ];
}

/** Keys that are free for each component and setting stand once, in `defaults` and docs/configuration.md. */
const EXPLAINED_ELSEWHERE = ['components', 'settings'];

function unexplained(schema: unknown, values: unknown, path: string): string[] {
  const { properties } = schema as { readonly properties?: Record<string, unknown> };
  if (!properties || typeof values !== 'object' || values === null) return [];
  const given = values as Record<string, unknown>;
  return Object.entries(properties).flatMap(([key, inner]) => {
    const full = path === '' ? key : `${path}.${key}`;
    if (EXPLAINED_ELSEWHERE.includes(full) || /^defaults\.(?:resources|probes)/.test(full)) return [];
    if (!(key in given)) return isOptional(full) ? [] : [`values.yaml does not have ${full}`];
    return unexplained(inner, given[key], full);
  });
}

/** Keys that a user of Kubernetes knows already. */
const isOptional = (path: string): boolean => /\.resources\.|^networkPolicy\.(?:dns|monitoring)\./.test(path);

async function plantedValues(helm: string): Promise<Part[]> {
  const folder = mkdtempSync(join(tmpdir(), 'tandem-values-'));
  try {
    return await mapTwoAtATime([...PLANTED_VALUES.entries()], async ([index, { what, values, says }]) => {
      const file = join(folder, `${index}.yaml`);
      writeFileSync(file, values);
      const args = ['template', 'x', CHART, '--values', join(CHART, 'ci/required.yaml'), '--values', file];
      const { isDone, complaint } = await tryTool(helm, args);
      const isFound = !isDone && says.test(complaint);
      return { name: `values: ${what}`, faults: isFound ? [] : [isDone ? 'Helm takes it' : complaint] };
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function plantedMistakes(rendered: readonly RenderedSet[], schemas: ObjectSchemas): Part[] {
  return [...PLANTED_MISTAKES, ...PLANTED_AUDIOSOCKETS].map((mistake) => {
    const name = `${mistake.by}: ${mistake.what}`;
    const wanted = mistake.set ?? 'required';
    const set = rendered.find((one) => one.name === wanted);
    return { name, faults: set ? planted(mistake, set, schemas) : [`no values "${wanted}"`] };
  });
}

function planted(mistake: PlantedMistake, set: RenderedSet, schemas: ObjectSchemas): string[] {
  const manifests = structuredClone([...set.manifests]);
  plant(mistake, manifests);
  const faultsBy = (one: RenderedSet) =>
    faultsIn(one, schemas).filter((found) => found.by === mistake.by).length;
  return faultsBy({ ...set, manifests }) > faultsBy(set) ? [] : [`"${mistake.by}" does not find it`];
}
