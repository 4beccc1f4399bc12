import { callerStream } from './caller-stream.ts';
import type { Generator } from './generator.ts';
import { queue } from './queue.ts';
import { tool } from './tool.ts';
import { voiceModel } from './voice-model.ts';

export const GENERATORS: readonly Generator[] = [tool, callerStream, voiceModel, queue];
