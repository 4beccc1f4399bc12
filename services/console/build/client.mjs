// Writes the client of control-api from the OpenAPI document on standard input into the folder named as the
// argument. `npm run docs` runs it; `npm test` compares.
//
//   node services/control-api/dist/print-openapi.js | node services/console/build/client.mjs <folder>
import { createClient } from '@hey-api/openapi-ts';
import { text } from 'node:stream/consumers';

const [, , folder] = process.argv;
if (!folder) {
  process.stderr.write('Name the folder the client is written to.\n');
  process.exit(2);
}

/** Refusals are problem+json everywhere and read in one place; examples and keys are for people with curl. */
function bare(document) {
  for (const operations of Object.values(document.paths)) {
    for (const operation of Object.values(operations)) {
      delete operation.security;
      for (const status of Object.keys(operation.responses))
        if (!status.startsWith('2')) delete operation.responses[status];
    }
  }
  return document;
}

await createClient({
  input: bare(JSON.parse(await text(process.stdin))),
  output: { path: folder, module: { extension: '.ts' }, clean: true },
  logs: { level: 'silent' },
  plugins: ['@hey-api/typescript', '@hey-api/sdk', '@hey-api/client-fetch'],
});
