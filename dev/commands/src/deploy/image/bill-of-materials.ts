import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runCommand, StackError } from '@tandem/stack';
import type { ImagePlan } from './image-plan.ts';

const LIMIT_MS = 120_000;

/** The parts of a CycloneDX document that are changed or read here. */
export interface BillOfMaterials {
  serialNumber?: string;
  metadata: { timestamp?: string; component: Record<string, unknown> };
  components: { readonly name: string; readonly version: string; readonly purl: string }[];
  dependencies?: unknown;
}

/**
 * Returns the bill of materials of an image, as npm makes it from the lockfile: without serial number and
 * time, and with what the image holds only.
 * @throws StackError when npm cannot make it
 */
export async function billOfMaterials(root: string, plan: ImagePlan): Promise<BillOfMaterials> {
  const folder = plan.workspaces[0] ?? '';
  // No --omit=dev: with it npm leaves out what the workshop needs as well. What is not held goes below.
  const args = ['sbom', '--sbom-format=cyclonedx', '--package-lock-only', `--workspace=${folder}`];
  const made = await runCommand('npm', args, { timeoutMs: LIMIT_MS, cwd: root, env: npmEnvironment() });
  if (made.code !== 0)
    throw new StackError(`npm made no bill of materials: ${made.complaint}`, 'Is npm 10 or newer on PATH?');
  const bill = JSON.parse(made.output.toString()) as BillOfMaterials;
  const held = new Set(plan.packages);
  delete bill.serialNumber;
  delete bill.metadata.timestamp;
  delete bill.dependencies;
  const own = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')) as Record<string, unknown>;
  bill.metadata.component = {
    type: 'application',
    name: own['name'],
    version: own['version'],
    licenses: [{ license: { id: own['license'] } }],
  };
  const isOurs = (purl: string) =>
    purl.startsWith('pkg:npm/%40tandem/') && !purl.startsWith(`pkg:npm/%40tandem/${plan.name}@`);
  bill.components = bill.components.filter(
    ({ name, version, purl }) => isOurs(purl) || held.has(`${name}@${version}`),
  );
  return bill;
}

/** Workspaces and settings of the npm that runs us would be taken for this one's. */
function npmEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^npm_/i.test(name)));
}
