import { existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { checkoutRoot, parseOptions, StackError } from '@tandem/stack';
import { imageNames, planImage } from './deploy/image/image-plan.ts';
import { digestOf, writeImage } from './deploy/image/write-image.ts';
import { runCommand } from './stack/command.ts';

const HELP = `npm run image -- --plan media-relay           what its image holds beyond the base
npm run image -- --plan all                   packages, files and bytes of all images, as numbers
npm run image -- --write media-relay --to F   writes these files into folder F
npm run image -- --write all --to F           those of each image into a folder of F; the Dockerfile does this

See docs/images.md.`;

const values = parseOptions(
  {
    options: {
      plan: { type: 'string' },
      write: { type: 'string' },
      to: { type: 'string' },
      help: { type: 'boolean', short: 'h' },
    },
  },
  HELP,
);
if (values.help || (values.plan === undefined) === (values.write === undefined)) {
  console.log(HELP);
  process.exit(values.help ? 0 : 2);
}
await runCommand(() =>
  values.plan === undefined ? write(values.write ?? '', values.to) : print(values.plan),
);

function print(name: string): number {
  for (const each of name === 'all' ? imageNames(checkoutRoot) : [name]) {
    const plan = planImage(checkoutRoot, each);
    if (name !== 'all') for (const line of [...plan.workspaces, ...plan.packages]) console.log(line);
    console.log(
      `${each.padEnd(17)} ${plan.packages.length} packages, ${plan.files.length} files, ` +
        `${(plan.sizeBytes / 1e6).toFixed(1)} MB, sha256 ${digestOf(plan, checkoutRoot).slice(0, 16)}`,
    );
  }
  return 0;
}

async function write(name: string, to: string | undefined): Promise<number> {
  if (to === undefined) throw new StackError('--to is missing.', 'Name the folder to write into.');
  const folder = resolve(to);
  if (existsSync(folder) && readdirSync(folder).length > 0)
    throw new StackError(`${folder} is not empty.`, 'Name another folder, or empty it.');
  const epoch = Number(process.env['SOURCE_DATE_EPOCH'] || 0);
  for (const each of name === 'all' ? imageNames(checkoutRoot) : [name]) {
    const plan = planImage(checkoutRoot, each);
    await writeImage(plan, { root: checkoutRoot, to: name === 'all' ? join(folder, each) : folder, epoch });
    console.log(`${each}: ${plan.files.length} files, ${(plan.sizeBytes / 1e6).toFixed(1)} MB`);
  }
  return 0;
}
