import { parseArgs } from 'node:util';
import { checkoutRoot } from '@tandem/stack';
import { GeneratorFault, writeChanges, type Generator } from './generators/generator.ts';
import { GENERATORS } from './generators/generators.ts';
import { namesOf, type Names } from './generators/names.ts';

const KINDS = GENERATORS.map(({ name, about }) => `  ${name.padEnd(15)} ${about}`).join('\n');
const HELP = `npm run new -- <kind> <name>        writes the first files of a part, and the lines that wire it

${KINDS}

The name is written in lower case with hyphens: "npm run new -- tool send-fax". What is written compiles and
passes npm test; the command lists each file it made or changed, and what is left to do.`;

const { values, positionals } = parseArgs({
  options: { help: { type: 'boolean', short: 'h' } },
  allowPositionals: true,
});
if (values.help) console.log(HELP);
else process.exitCode = await generate(positionals);

async function generate([kind, name = '', ...rest]: readonly string[]): Promise<number> {
  const generator = GENERATORS.find((candidate) => candidate.name === kind);
  const names = namesOf(name);
  const hasName = names !== null && (names.feature !== '') === (generator?.isInFeature ?? false);
  if (!generator || !hasName || rest.length > 0) {
    console.error(`${kind && !generator ? `There is no kind "${kind}".` : 'A kind and a name.'}\n\n${HELP}`);
    return 2;
  }
  try {
    await write(generator, names);
    return 0;
  } catch (error) {
    if (!(error instanceof GeneratorFault)) throw error;
    console.error(`Nothing was written. ${error.message}`);
    return 1;
  }
}

async function write(generator: Generator, names: Names): Promise<void> {
  const written = await writeChanges(checkoutRoot, generator, names);
  for (const { path, kind } of written) console.log(`  ${kind.padEnd(8)} ${path}`);
  console.log(`\n${written.length} files. Next:`);
  for (const step of generator.next(names)) console.log(`  - ${step}`);
}
