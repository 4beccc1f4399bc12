import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import { auditCommand } from '@tandem/database';
import { checkoutRoot } from '@tandem/stack';
import { runBlocks, shellBlocks } from '../docs/shell-blocks.ts';
import { RunningPlatform } from '../testing/running-platform.ts';

jest.setTimeout(120_000);

const BLOCKS = shellBlocks(readFileSync(join(checkoutRoot, 'docs/audit.md'), 'utf8'));

let platform: RunningPlatform;
beforeAll(async () => {
  platform = await RunningPlatform.start();
});
afterAll(() => platform.stop());

it('the page about the audit log can be followed, and its change is in a log that is whole', async () => {
  const { urls, secrets, postgres } = platform.stack;
  const { outputs } = await runBlocks(BLOCKS, { CONTROL: urls.controlApi, KEY: secrets.demoApiKey }, []);
  expect(outputs).toHaveLength(BLOCKS.length);
  expect(outputs[1]).toContain('"seq","at","actor_kind"');
  const { items } = JSON.parse(outputs.at(-1) ?? '') as { items: object[] };
  expect(items).toMatchObject([
    { act: 'department.set', object: { kind: 'department', id: 'workshop' }, reason: 'New desk' },
  ]);
  const written: string[] = [];
  const output = { line: (text: string) => written.push(text), note: (text: string) => written.push(text) };
  const code = await auditCommand(['verify'], postgres.url, output);
  expect([code, written]).toEqual([
    0,
    [expect.stringMatching(/^\d+ audit logs with \d+ entries are whole\.$/)],
  ]);
});
