import type { Channel } from '../channel/channel.ts';
import type { PbxServices } from '../channel/pbx-services.ts';
import type { CallEndCause } from '../call/call-report.ts';
import type { DialplanLocation, DialplanStep } from '../dialplan/dialplan.ts';

/** Continuation of the dialplan after an application. */
export type Step =
  | { readonly kind: 'next' }
  | { readonly kind: 'goto'; readonly location: DialplanLocation }
  /** A routine without a caller has come to its end. */
  | { readonly kind: 'returned' }
  | { readonly kind: 'hangup'; readonly by: CallEndCause };

export const NEXT: Step = { kind: 'next' };

/** The dialplan that runs on a channel, as its applications use it. */
export interface RunningDialplan {
  /** Reads `[[context,]extension,]priority` from where the channel is. @throws DialplanError */
  target(text: string, step: DialplanStep): DialplanLocation;
  /** Runs one application as the dialplan would. */
  execute(name: string, args: string, step: DialplanStep): Promise<Step>;
  /** Begins a routine that returns to the priority after this one. */
  enterRoutine(args: readonly string[], step: DialplanStep): void;
  /** Ends a routine. Returns where to go on; null for a routine that {@link routineOn} began. */
  leaveRoutine(step: DialplanStep): DialplanLocation | null;
  /**
   * Runs `context,extension,priority(args)` on a channel that has no dialplan of its own. Returns whether it
   * came to its `Return()`.
   */
  routineOn(channel: Channel, target: string): Promise<boolean>;
}

export interface ApplicationContext {
  readonly channel: Channel;
  readonly services: PbxServices;
  readonly run: RunningDialplan;
  readonly step: DialplanStep;
}

/** An application of the dialplan. Its arguments have had their variables put in. */
export type Application = (args: string, context: ApplicationContext) => Step | Promise<Step>;
