import type { Generator } from './generator.ts';
import { queue } from './queue.ts';
import { tool } from './tool.ts';

export const GENERATORS: readonly Generator[] = [tool, queue];
