// The Nx targets `lint` and `test` of every project (`build` is the script of its package.json). Their inputs
// and outputs are in nx.json, so a second run without changes takes its results from the cache.
import { basename, dirname } from 'node:path';

const PROJECTS = '{libs,services,dev}/*/package.json';
const JEST =
  'node --experimental-vm-modules --no-warnings node_modules/jest/bin/jest.js --selectProjects unit ' +
  '--passWithNoTests --maxWorkers=1';

/** Where jest-tally.mjs leaves the tally of a project's unit specs: kept as an output of the target. */
export const tallyOf = (project) => `node_modules/.cache/tandem/tally/${project}.json`;

function targetsOf(root) {
  const tally = tallyOf(basename(root));
  return {
    lint: { command: `node node_modules/eslint/bin/eslint.js ${root} --max-warnings=0` },
    test: {
      executor: 'nx:run-commands',
      outputs: [`{workspaceRoot}/${tally}`],
      // What the commands' specs read is the whole checkout: documents, sources, scripts.
      cache: root !== 'dev/commands',
      options: {
        command: `${JEST} --testPathPatterns "${root}/"`,
        env: { TANDEM_TALLY_FILE: tally },
      },
    },
  };
}

export const createNodesV2 = [
  PROJECTS,
  (files) =>
    files.map((file) => {
      const root = dirname(file);
      return [file, { projects: { [root]: { targets: targetsOf(root) } } }];
    }),
];
