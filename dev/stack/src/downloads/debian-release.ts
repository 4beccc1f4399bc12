import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeFolder } from '../checkout/checkout.ts';
import { StackError } from '../checkout/stack-error.ts';
import { findProgram } from '../process/run-command.ts';
import { cachedDownload } from './cached-download.ts';
import { DOWNLOAD_LIMIT_MS, LISTS_MAX_AGE_MS, refreshLists, runApt, unpack, type Apt } from './debian.ts';

const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg';

/**
 * Downloads one package of another Debian release, without what it depends on, and unpacks it into the cache:
 * for programs that need nothing of their release. It comes from the mirror this system uses.
 * @returns the root of the unpacked tree
 * @throws StackError when this is no Debian or the download fails
 */
export async function packageOfRelease(cache: string, release: string, name: string): Promise<string> {
  const aptGet = findProgram('apt-get');
  const dpkgDeb = findProgram('dpkg-deb');
  if (!aptGet || !dpkgDeb || !existsSync(KEYRING))
    throw new StackError(`${name} of Debian ${release} is fetched on Debian only`, `Install ${name}.`);
  const folder = makeFolder(join(cache, 'debian'));
  const target = join(folder, `${name}-${release}-${process.arch}`);
  return cachedDownload(target, async (aside) => {
    const mirror = await mirrorOf(aptGet, folder, aside);
    const source = join(aside, 'sources.list');
    writeFileSync(source, `deb [signed-by=${KEYRING}] ${mirror} ${release} main\n`);
    const lists = makeFolder(join(folder, release));
    const apt: Apt = (args, timeoutMs) =>
      runApt(
        aptGet,
        lists,
        aside,
        ['-o', `Dir::Etc::sourcelist=${source}`, '-o', 'Dir::Etc::sourceparts=-', ...args],
        timeoutMs,
      );
    await refreshLists(apt, join(lists, 'lists'), Date.now() - LISTS_MAX_AGE_MS);
    const fetched = await apt(['download', name], DOWNLOAD_LIMIT_MS);
    if (fetched.code !== 0)
      throw new StackError(
        `apt-get could not download ${name} of ${release}: ${fetched.complaint.split('\n', 1)[0] ?? ''}`,
        'Is there a network?',
      );
    await unpack(dpkgDeb, aside, aside);
  });
}

/** Returns where this system's Debian packages come from. */
async function mirrorOf(aptGet: string, folder: string, aside: string): Promise<string> {
  const apt: Apt = (args, timeoutMs) => runApt(aptGet, folder, aside, args, timeoutMs);
  await refreshLists(apt, join(folder, 'lists'), Date.now() - LISTS_MAX_AGE_MS);
  const asked = await apt(
    ['indextargets', '--format', '$(SITE) $(RELEASE)', 'Component: main', 'Created-By: Packages'],
    DOWNLOAD_LIMIT_MS,
  );
  const [mirror] = asked.output
    .toString()
    .split('\n')
    .map((line) => line.split(' '))
    .find(([, release]) => release && !release.includes('-')) ?? [''];
  if (!mirror) throw new StackError('apt-get names no mirror of Debian', 'Look at the sources of apt.');
  return mirror;
}
