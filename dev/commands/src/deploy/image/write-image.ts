import { createHash } from 'node:crypto';
import {
  chmodSync,
  constants,
  copyFileSync,
  mkdirSync,
  readFileSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { PORT_VARIABLES, USUAL_PORTS, type ServiceName } from '../../stack/ports.ts';
import type { ImagePlan } from './image-plan.ts';
import { billOfMaterials } from './bill-of-materials.ts';

interface WriteOptions {
  readonly root: string;
  /** An empty folder, or one that is made; the image's /app. */
  readonly to: string;
  /** Time of every file, in seconds since 1970, so that a second build has the same layers. */
  readonly epoch: number;
}

/**
 * Writes what an image has beyond its base, with a bill of materials (CycloneDX) as sbom.cdx.json. Files
 * belong to root and can be read by every user.
 */
export async function writeImage(plan: ImagePlan, { root, to, epoch }: WriteOptions): Promise<void> {
  const folders = new Set<string>();
  for (const { from, to: path } of plan.files) {
    const file = join(to, path);
    mkdirSync(dirname(file), { recursive: true });
    copyFileSync(join(root, from), file, constants.COPYFILE_FICLONE);
    chmodSync(file, 0o644);
    utimesSync(file, epoch, epoch);
    for (let folder = dirname(file); folder.length >= to.length; folder = dirname(folder))
      folders.add(folder);
  }
  const made = { 'image.json': described(plan.name), 'sbom.cdx.json': await billOfMaterials(root, plan) };
  for (const [name, content] of Object.entries(made)) {
    writeFileSync(join(to, name), `${JSON.stringify(content, null, 1)}\n`);
    utimesSync(join(to, name), epoch, epoch);
  }
  for (const folder of folders) {
    chmodSync(folder, 0o755);
    utimesSync(folder, epoch, epoch);
  }
}

/** Read by health.mjs. */
function described(name: string) {
  const service = name in USUAL_PORTS ? (name as ServiceName) : null;
  return { name, ...(service ? { portVariable: PORT_VARIABLES[service], port: USUAL_PORTS[service] } : {}) };
}

/** Returns a hash of all paths and contents of a plan: equal for equal images. */
export function digestOf(plan: ImagePlan, root: string): string {
  const hash = createHash('sha256');
  for (const { from, to } of plan.files) hash.update(`${to}\0`).update(readFileSync(join(root, from)));
  return hash.digest('hex');
}
