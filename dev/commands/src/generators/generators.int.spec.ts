import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { checkoutRoot } from '@tandem/stack';
import { writeChanges } from './generator.ts';
import { GENERATORS } from './generators.ts';
import { namesOf } from './names.ts';

jest.setTimeout(300_000);

const ROOT_FILES = [
  'package.json',
  'tsconfig.json',
  'tsconfig.base.json',
  'jest.config.mjs',
  '.prettierrc.json',
  'README.md',
];
const PARTS = ['libs', 'services', 'dev'];
/** The most files a kind may touch. */
const MOST_TOUCHED: Readonly<Record<string, number>> = {
  tool: 5,
  queue: 5,
  'caller-stream': 5,
  'voice-model': 4,
};

let copy: string;
beforeAll(() => {
  copy = realpathSync(mkdtempSync(join(tmpdir(), 'tandem-generators-')));
  for (const name of ROOT_FILES) cpSync(join(checkoutRoot, name), join(copy, name));
  for (const part of PARTS)
    cpSync(join(checkoutRoot, part), join(copy, part), {
      recursive: true,
      preserveTimestamps: true,
      filter: (path) => !path.includes('node_modules'),
    });
  linkPackages();
});
afterAll(() => rmSync(copy, { recursive: true, force: true }));

/** Every package of the checkout, but the workspace's own are those of the copy. */
function linkPackages(): void {
  const modules = join(checkoutRoot, 'node_modules');
  mkdirSync(join(copy, 'node_modules/@tandem'), { recursive: true });
  for (const name of readdirSync(modules))
    if (name !== '@tandem') symlinkSync(join(modules, name), join(copy, 'node_modules', name));
  for (const part of PARTS)
    for (const name of readdirSync(join(copy, part)))
      symlinkSync(join(copy, part, name), join(copy, 'node_modules/@tandem', name));
}

/** Rejects with all a program printed when it fails. */
async function runs(...args: readonly string[]): Promise<void> {
  const options = { cwd: copy, maxBuffer: 1 << 26 };
  await promisify(execFile)(process.execPath, args, options).catch(
    (error: { stdout: string; stderr: string }) => {
      throw new Error(error.stdout + error.stderr);
    },
  );
}

describe('npm run new', () => {
  it.each(GENERATORS.map((generator) => [generator.name, generator] as const))(
    'writes a %s that compiles and passes its specs',
    async (kind, generator) => {
      const names = namesOf('send-fax')!;
      const written = await writeChanges(copy, generator, names);
      console.log(`${kind}: ${written.length} files\n${written.map(({ path }) => `  ${path}`).join('\n')}`);
      expect(written.length).toBeLessThanOrEqual(MOST_TOUCHED[kind]!);
      const projects = [...new Set(written.map(({ path }) => path.split('/').slice(0, 2).join('/')))];
      await runs('node_modules/typescript/bin/tsc', '-b', ...projects);
      await runs(
        '--experimental-vm-modules',
        '--no-warnings',
        'node_modules/jest/bin/jest.js',
        '--selectProjects=unit',
        '--reporters=default',
        `--testPathPatterns=(${projects.join('|')})/`,
      );
      expect(written.filter((file) => file.path.endsWith('.spec.ts'))).not.toEqual([]);
    },
  );

  it('writes nothing when a file of the name exists', async () => {
    const [tool] = GENERATORS;
    await expect(writeChanges(copy, tool!, namesOf('end-call')!)).rejects.toThrow('exists already');
  });

  it.each(['Send-Fax', 'send_fax', '', '-fax', '../fax', 'send-'])('takes no name such as %p', (name) => {
    expect(namesOf(name)).toBeNull();
  });
});
