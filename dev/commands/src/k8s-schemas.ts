import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkoutRoot } from '@tandem/stack';
import { objectSchemasOfPackages, SCHEMA_FILE } from './kubernetes/object-schemas.ts';

writeFileSync(join(checkoutRoot, SCHEMA_FILE), `${JSON.stringify(await objectSchemasOfPackages())}\n`);
console.log(`written: ${SCHEMA_FILE}`);
