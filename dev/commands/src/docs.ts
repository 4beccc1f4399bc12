import { writeGeneratedDocuments } from './docs/generated.ts';

writeGeneratedDocuments();
