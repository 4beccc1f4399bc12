import { checkoutRoot } from '@tandem/stack';
import { ensureBaseImages } from './base-images.ts';
import type { ContainerTools } from './container-tools.ts';
import { insideOptions } from './inside-options.ts';

/** Not a release: built here, from what is in the checkout now. */
const TAG = '0.1.0';

/** Returns the name of an image built here. */
export const imageName = (service: string): string => `localhost/tandem-${service}:${TAG}`;

/**
 * Builds images from the Dockerfile; what has not changed comes from the cache of layers.
 * @param names services, and `simulators`
 * @throws StackError with the end of buildah's output
 */
export async function buildImages(
  tools: ContainerTools,
  names: readonly string[],
  log: (line: string) => void,
): Promise<void> {
  await ensureBaseImages(tools, log);
  for (const name of names) {
    const startedAt = performance.now();
    await tools.buildah([
      'bud',
      ...insideOptions(),
      '--layers',
      '--build-arg',
      `SERVICE=${name}`,
      '--tag',
      imageName(name),
      checkoutRoot,
    ]);
    log(`${imageName(name)}: built in ${((performance.now() - startedAt) / 1000).toFixed(0)} s`);
  }
}
