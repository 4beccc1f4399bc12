import { callerStream } from './caller-stream.ts';
import { carrier } from './carrier.ts';
import type { Generator } from './generator.ts';
import { queue } from './queue.ts';
import { route } from './route.ts';
import { tool } from './tool.ts';
import { voiceModel } from './voice-model.ts';

export const GENERATORS: readonly Generator[] = [tool, carrier, callerStream, voiceModel, route, queue];
