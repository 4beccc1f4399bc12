import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeFolder, tandemFolder } from '@tandem/stack';

/** Where a build sees the authorities that this machine trusts beside the public ones. */
const AUTHORITIES = '/etc/build-authorities.pem';

/**
 * Options of buildah for a build that installs packages: the network of this machine, and the authorities of
 * NODE_EXTRA_CA_CERTS, as behind a proxy that ends TLS. Nothing of them stays in the image.
 */
export function insideOptions(): string[] {
  const options = ['--format', 'docker', '--isolation', 'chroot', '--network', 'host', '--pull-never'];
  const authorities = process.env['NODE_EXTRA_CA_CERTS'];
  if (!authorities) return options;
  const npmrc = join(makeFolder(join(tandemFolder, 'containers')), 'npmrc');
  writeFileSync(npmrc, `cafile=${AUTHORITIES}\n`);
  const mounts = [`${authorities}:${AUTHORITIES}:ro`, `${npmrc}:/root/.npmrc:ro`];
  return [...options, ...mounts.flatMap((mount) => ['--volume', mount])];
}
