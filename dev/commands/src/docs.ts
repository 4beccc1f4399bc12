import { writeConsoleClient } from './checks/console-page.ts';
import { writeGeneratedDocuments } from './docs/generated.ts';

await writeGeneratedDocuments();
writeConsoleClient();
console.log('written: services/console/src/api/generated');
