import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { TempFolder } from './temp-folder.ts';

const source = fileURLToPath(new URL('./temp-folder.ts', import.meta.url));
const uses = (then: string): string[] => [
  '--no-warnings',
  '--experimental-transform-types',
  '--input-type=module',
  '-e',
  `import { TempFolder } from ${JSON.stringify(source)};\nimport { writeFileSync } from ` +
    `'node:fs';\nwriteFileSync(new TempFolder(process.argv[1]).file('words.gram'), 'x');\n${then}`,
];

let place: string;
beforeEach(() => {
  place = mkdtempSync(join(tmpdir(), 'tandem-temp-'));
});
afterEach(() => rmSync(place, { recursive: true, force: true }));

describe('the folder for voices and grammars', () => {
  it('is made when it is needed, holds no file longer than it is used, and can be removed', async () => {
    const folder = new TempFolder(place);
    expect(readdirSync(place)).toEqual([]);
    const file = await folder.withFile('wav', (path) => Promise.resolve(path));
    expect(existsSync(file)).toBe(false);
    expect(readdirSync(place)).toHaveLength(1);
    await folder.remove();
    expect(readdirSync(place)).toEqual([]);
  });

  it('is gone when its process ends by itself', () => {
    expect(
      spawnSync(process.execPath, [...uses('process.exit(0);'), place], { encoding: 'utf8' }),
    ).toMatchObject({ status: 0, stderr: '' });
    expect(readdirSync(place)).toEqual([]);
  });

  it(
    'of a killed process is swept by the next one that starts, though it needs none itself; of a running ' +
      'one it stays',
    async () => {
      const start = async (): Promise<ChildProcess> => {
        const child = spawn(
          process.execPath,
          [...uses("process.stdout.write('made'); setInterval(() => 0, 1000);"), place],
          { stdio: ['ignore', 'pipe', 'inherit'] },
        );
        await once(child.stdout, 'data');
        return child;
      };
      const killed = await start();
      killed.kill('SIGKILL');
      await once(killed, 'exit');
      const running = await start();
      const folder = new TempFolder(place);
      try {
        expect(readdirSync(place).map((name) => name.split('-')[3])).toEqual([String(running.pid)]);
      } finally {
        running.kill('SIGKILL');
        await once(running, 'exit');
        await folder.remove();
      }
    },
  );

  it('of an earlier process that had our number is swept; our own others stay', () => {
    const first = new TempFolder(place);
    first.file('x');
    mkdirSync(join(place, `${readdirSync(place)[0]!.slice(0, -6)}before`));
    new TempFolder(place).file('x');
    expect(readdirSync(place).filter((name) => name.endsWith('before'))).toEqual([]);
    expect(readdirSync(place)).toHaveLength(2);
  });

  it('leaves alone what others have put there', () => {
    for (const name of ['tandem-guided-abc123', 'tandem-guided-00000000-1-abc', 'notes'])
      mkdirSync(join(place, name));
    new TempFolder(place).file('x');
    expect(readdirSync(place)).toEqual(
      expect.arrayContaining(['notes', 'tandem-guided-00000000-1-abc', 'tandem-guided-abc123']),
    );
  });
});
