import { Interrupted, NORMAL_CLEARING, type Channel } from '../channel/channel.ts';
import type { PbxServices } from '../channel/pbx-services.ts';
import type { CallEndCause } from '../call/call-report.ts';
import type { Application, RunningDialplan, Step } from '../applications/application.ts';
import { readFunction } from '../functions/function-table.ts';
import { splitArguments } from './arguments.ts';
import { DialplanError } from './dialplan-error.ts';
import type { DialplanLocation, DialplanStep } from './dialplan.ts';
import { ExpressionError } from './expression.ts';
import { substitute } from './substitution.ts';

/** Ends a dialplan that runs in a circle. */
const MAX_STEPS = 20_000;
const MAX_ROUTINES = 100;

/** How a stretch of dialplan ended. */
type RunEnd = { readonly kind: 'returned' } | { readonly kind: 'hangup'; readonly by: CallEndCause };

/** Runs a dialplan on one channel: priorities in order, routines, redirects, hangup handlers. */
export class DialplanRun implements RunningDialplan {
  readonly channel: Channel;
  readonly services: PbxServices;
  private readonly applications: ReadonlyMap<string, Application>;
  /** Where each routine returns to; null for one that ends the stretch. */
  private readonly returns: (DialplanLocation | null)[] = [];
  private steps = 0;

  constructor(channel: Channel, services: PbxServices, applications: ReadonlyMap<string, Application>) {
    this.channel = channel;
    this.services = services;
    this.applications = applications;
  }

  /** Runs until the channel is hung up, then the extension `h` and the hangup handlers. */
  async main(start: DialplanLocation): Promise<void> {
    const { channel } = this;
    channel.isRunning = true;
    let location: DialplanLocation | null = start;
    while (location && !channel.isHungUp) location = await this.stretch(location);
    if (!channel.isHungUp) channel.hangUp(NORMAL_CLEARING, 'dialplan-end');
    await this.cleanUp();
    channel.isRunning = false;
    channel.destroy();
  }

  routineOn(channel: Channel, target: string): Promise<boolean> {
    return new DialplanRun(channel, this.services, this.applications).alone(target);
  }

  private async alone(target: string): Promise<boolean> {
    const { channel } = this;
    channel.isRunning = true;
    const hasReturned = await this.guarded(() => this.call(target));
    channel.isRunning = false;
    const elsewhere = channel.isHungUp ? null : channel.takeRedirect();
    if (channel.isHungUp) channel.destroy();
    if (!elsewhere) return hasReturned;
    channel.leave();
    this.services.startDialplan(channel, elsewhere);
    return false;
  }

  async execute(name: string, args: string, step: DialplanStep): Promise<Step> {
    const application = this.applications.get(name.toLowerCase());
    if (!application) throw new DialplanError(step, `${name}() is not supported`);
    return application(args, { channel: this.channel, services: this.services, run: this, step });
  }

  /** Puts variables and functions into a text. */
  substitute(text: string, step: DialplanStep): Promise<string> {
    return substitute(text, {
      variable: (name) => this.variable(name),
      read: (name, args) =>
        readFunction(name, args, { channel: this.channel, services: this.services, step }),
    });
  }

  enterRoutine(args: readonly string[], step: DialplanStep): void {
    if (this.returns.length >= MAX_ROUTINES) throw new DialplanError(step, 'routines are nested too deep');
    const { location } = this.channel;
    this.returns.push(location && { ...location, priority: location.priority + 1 });
    this.channel.variables.enter(args);
  }

  leaveRoutine(step: DialplanStep): DialplanLocation | null {
    const location = this.returns.pop();
    if (location === undefined) throw new DialplanError(step, 'Return() without Gosub()');
    this.channel.variables.leave();
    return location;
  }

  target(text: string, step: DialplanStep): DialplanLocation {
    const { channel } = this;
    const parts = splitArguments(text).map((part) => part.trim());
    const here = channel.location ?? { context: '', extension: 's', priority: 1 };
    const [priorityText = '', extension = here.extension, context = here.context] = parts.toReversed();
    if (!channel.dialplan.hasContext(context))
      throw new DialplanError(step, `there is no context "${context}"`);
    const priority = channel.dialplan.priority(context, extension, priorityText);
    if (priority === null)
      throw new DialplanError(step, `there is no priority "${priorityText}" at ${context},${extension}`);
    return { context, extension, priority };
  }

  private async stretch(start: DialplanLocation): Promise<DialplanLocation | null> {
    const { channel } = this;
    try {
      const end = await this.follow(start);
      channel.hangUp(NORMAL_CLEARING, end.kind === 'hangup' ? end.by : 'dialplan-end');
    } catch (error) {
      if (error instanceof Interrupted) return channel.isHungUp ? null : channel.takeRedirect();
      this.refuse(error);
    }
    return null;
  }

  private async follow(start: DialplanLocation): Promise<RunEnd> {
    const { channel } = this;
    let location = start;
    for (;;) {
      channel.mayGoOn();
      const step = channel.dialplan.step(location);
      if (!step) return { kind: 'hangup', by: 'dialplan-end' };
      channel.location = location;
      const next = await this.perform(step);
      if (next.kind === 'hangup') return next;
      if (next.kind === 'returned') return next;
      location = next.kind === 'goto' ? next.location : { ...location, priority: location.priority + 1 };
    }
  }

  private async perform(step: DialplanStep): Promise<Step> {
    const { channel } = this;
    this.steps += 1;
    if (this.steps > MAX_STEPS) throw new DialplanError(step, `more than ${MAX_STEPS} steps`);
    // A step may take no time at all: a dialplan in a circle must not stop the process.
    if (this.steps % 100 === 0) await new Promise((resolve) => setImmediate(resolve));
    const args = await this.substitute(step.args, step);
    const { context = '', extension = '', priority = 0 } = channel.location ?? {};
    const at = `${context},${extension},${priority}`;
    channel.journal.add({ kind: 'application', name: step.application, args, at, line: step.line });
    return this.execute(step.application, args, step);
  }

  /** Runs a routine given as `context,extension,priority(args)` to its `Return()`. */
  private async call(target: string): Promise<boolean> {
    const { context, extension, priority, args } = parseRoutine(target);
    const { dialplan } = this.channel;
    const found = dialplan.priority(context, extension, priority);
    if (found === null) throw new Error(`there is no routine ${target}`);
    this.returns.push(null);
    this.channel.variables.enter(args);
    return (await this.follow({ context, extension, priority: found })).kind === 'returned';
  }

  private async cleanUp(): Promise<void> {
    const { channel } = this;
    channel.stopMusic();
    channel.renew();
    const context = channel.location?.context ?? '';
    const last = { context, extension: 'h', priority: 1 };
    if (channel.dialplan.step(last))
      await this.guarded(async () => (await this.follow(last)).kind === 'returned');
    for (let handler = channel.hangupHandlers.pop(); handler; handler = channel.hangupHandlers.pop()) {
      const at = handler;
      channel.journal.add({ kind: 'hangup-handler', at });
      await this.guarded(() => this.call(at));
    }
  }

  private async guarded(work: () => Promise<boolean>): Promise<boolean> {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof Interrupted)) this.refuse(error);
      return false;
    }
  }

  private refuse(error: unknown): void {
    const { channel } = this;
    const place = channel.location ? channel.dialplan.step(channel.location) : null;
    const known = error instanceof DialplanError || !(error instanceof ExpressionError) || !place;
    const told = known ? error : new DialplanError(place, error.message);
    channel.journal.add({ kind: 'error', detail: told instanceof Error ? told.message : String(told) });
    channel.hangUp(NORMAL_CLEARING, 'dialplan-error');
  }

  private variable(name: string): string {
    return channelVariable(name, this.channel, this.services);
  }
}

/** Variables that are no variables. */
const BUILT_IN: Readonly<Record<string, (channel: Channel, services: PbxServices) => string>> = {
  EXTEN: ({ location }) => location?.extension ?? '',
  CONTEXT: ({ location }) => location?.context ?? '',
  PRIORITY: ({ location }) => String(location?.priority ?? ''),
  CHANNEL: ({ name }) => name,
  UNIQUEID: ({ uniqueId }) => uniqueId,
  HANGUPCAUSE: ({ hangupCause }) => String(hangupCause),
  BRIDGEPEER: ({ bridgedWith }) => bridgedWith?.name ?? '',
  SYSTEMNAME: (_channel, { systemName }) => systemName,
  EPOCH: (_channel, { clock }) => String(Math.floor(clock.wallTime() / 1000)),
};

/** Returns what `${name}` is on a channel. */
export function channelVariable(name: string, channel: Channel, services: PbxServices): string {
  const builtIn = BUILT_IN[name];
  return builtIn ? builtIn(channel, services) : channel.variables.get(name);
}

/** Reads `context,extension,priority(arg,arg)`. */
export function parseRoutine(target: string): {
  readonly context: string;
  readonly extension: string;
  readonly priority: string;
  readonly args: readonly string[];
} {
  const match = /^([^(]*)(?:\((.*)\))?$/s.exec(target);
  const [context = '', extension = 's', priority = '1'] = splitArguments(match?.[1] ?? '');
  return { context, extension, priority, args: splitArguments(match?.[2] ?? '') };
}
