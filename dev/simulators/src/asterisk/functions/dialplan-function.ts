import type { Channel } from '../channel/channel.ts';
import type { PbxServices } from '../channel/pbx-services.ts';
import type { DialplanStep } from '../dialplan/dialplan.ts';

export interface FunctionContext {
  readonly channel: Channel;
  readonly services: PbxServices;
  readonly step: DialplanStep;
}

/** A function of the dialplan; either half may be missing. */
export interface DialplanFunction {
  readonly read?: (args: string, context: FunctionContext) => string | Promise<string>;
  readonly write?: (args: string, value: string, context: FunctionContext) => void;
}
