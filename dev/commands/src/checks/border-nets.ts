import { join } from 'node:path';
import { checkoutRoot } from '@tandem/stack';
import { ESLint } from 'eslint';
import { node, type Tally } from './tally.ts';

/** Code that must not pass, and the rule that must reject it. */
const VIOLATIONS: readonly {
  readonly what: string;
  readonly file: string;
  readonly code: string;
  readonly rule: string;
}[] = [
  {
    what: 'the conversation core imports Redis',
    file: 'libs/conversation/src/session/call-session.ts',
    code: "import { Redis } from 'ioredis';\nexport const redis = new Redis();\n",
    rule: '@nx/enforce-module-boundaries',
  },
  {
    what: 'media-relay imports the database',
    file: 'services/media-relay/src/calls/relay.ts',
    code: "import { createDataSource } from '@tandem/database';\nexport const source = createDataSource;\n",
    rule: '@nx/enforce-module-boundaries',
  },
  {
    what: 'a service imports another service',
    file: 'services/crm-api/src/main.ts',
    code: "import { Relay } from '../../media-relay/src/calls/relay.ts';\nexport const relay = Relay;\n",
    rule: '@nx/enforce-module-boundaries',
  },
  {
    what: 'a library reads the environment',
    file: 'libs/models/src/index.ts',
    code: 'export const key = process.env.OPENAI_API_KEY;\n',
    rule: 'no-restricted-properties',
  },
  {
    what: 'a promise is left floating',
    file: 'libs/tools/src/index.ts',
    code: 'export function run(): void {\n  Promise.resolve(1);\n}\n',
    rule: '@typescript-eslint/no-floating-promises',
  },
];

/** Runs dependency-cruiser over everything, then checks that ESLint's nets still catch each violation. */
export async function checkBorders(): Promise<Tally> {
  const cruiser = join(checkoutRoot, 'node_modules/dependency-cruiser/bin/dependency-cruiser.mjs');
  let passed = 0;
  let failed = 0;
  const count = (isGood: boolean, what: string): void => {
    if (isGood) passed += 1;
    else {
      failed += 1;
      console.error(`  ✖ ${what}`);
    }
  };
  count(
    (await node([cruiser, 'libs', 'services', 'dev', '--config', '.dependency-cruiser.cjs'])) === 0,
    'a border inside a project is crossed (see above)',
  );
  const eslint = new ESLint({ cwd: checkoutRoot });
  for (const { what, file, code, rule } of VIOLATIONS) {
    const [result] = await eslint.lintText(code, { filePath: join(checkoutRoot, file) });
    count(
      result?.messages.some((message) => message.ruleId === rule) ?? false,
      `the net has a hole: nothing says so when ${what}`,
    );
  }
  return { passed, failed };
}
