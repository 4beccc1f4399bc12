import { writeGeneratedDocuments } from './docs/generated.ts';

await writeGeneratedDocuments();
