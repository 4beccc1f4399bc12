import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { copyEdgeFiles } from './kubernetes/edge-files.ts';
import { kustomizeFolder, writeFile, writeKustomize } from './kubernetes/kustomize.ts';
import { toolPath } from './kubernetes/tools.ts';
import { runCommand } from './stack/command.ts';

const HELP = `npm run k8s:write                                      k8s/base and k8s/overlays, from the chart
npm run k8s:write -- --values mine.yaml --to k8s/mine  a folder for kustomize, with your own values
    --values may stand several times; later files win. --namespace is "tandem" unless told otherwise.`;

const { values } = parseArgs({
  options: {
    values: { type: 'string', multiple: true },
    to: { type: 'string' },
    namespace: { type: 'string' },
    help: { type: 'boolean', short: 'h' },
  },
});

await runCommand(async () => {
  if (values.help) {
    console.log(HELP);
    return 0;
  }
  if ((values.values === undefined) !== (values.to === undefined)) {
    console.error(`--values and --to belong together.\n\n${HELP}`);
    return 2;
  }
  const helm = await toolPath('helm4');
  if (values.values === undefined || values.to === undefined) {
    copyEdgeFiles();
    for (const path of await writeKustomize(helm)) console.log(`written: ${path}`);
    return 0;
  }
  const folder = resolve(values.to);
  const files = await kustomizeFolder(
    helm,
    values.values.map((file) => resolve(file)),
    values.namespace,
  );
  for (const file of files) console.log(`written: ${writeFile(folder, file)}`);
  return 0;
});
