import {
  baseLanguage,
  languageName,
  sessionSettings,
  textsOf,
  type AgentChange,
  type AgentRule,
  type AgentTexts,
  type ToolDeclaration,
  type ToolOutcome,
} from '@tandem/contracts';
import type { Timer } from '../../ports/clock.ts';
import type { ModelSessionChange } from '../../ports/voice-model.ts';
import type { CallContext } from '../call-context.ts';

export type ChangedBy = 'tool' | 'operator' | 'rule' | 'detection';

/** The changes that earlier sessions of the call made to the agent. */
export interface AgentCarryover {
  readonly changed: AgentChange;
  /** Indexes of the rules that have fired; a rule fires once in a call. */
  readonly firedRules: ReadonlySet<number>;
}

/**
 * The agent's settings at this moment of the call: as published, and as changed since by a tool's result, an
 * operator, a rule or the detected language of the caller.
 */
export class AgentState {
  language: string;
  instructions: string;
  tools: readonly ToolDeclaration[];
  /** 1 is the voice's own pace. */
  speed: number;
  /** Changes of earlier sessions that a new model session needs beside its setup. */
  readonly carriedSettings: ModelSessionChange;
  private base: string;
  private readonly rules: Set<AgentRule>;
  private readonly timers: Timer[] = [];

  constructor(
    private readonly context: CallContext,
    private readonly declarationsFor: (names: readonly string[]) => readonly ToolDeclaration[],
    { changed, firedRules }: AgentCarryover = { changed: {}, firedRules: new Set() },
  ) {
    const { call, clock, atMs } = context;
    const { agent } = call;
    const {
      instructions = agent.instructions,
      tools = agent.tools,
      language: _current,
      ...settings
    } = changed;
    this.language = call.language;
    this.base = instructions;
    this.carriedSettings = given(settings);
    this.speed = changed.speed ?? sessionSettings(agent.model).speed ?? 1;
    this.instructions = this.composed();
    this.tools = declarationsFor(tools);
    this.rules = new Set(agent.rules.filter((_rule, index) => !firedRules.has(index)));
    for (const rule of this.rules) {
      if (rule.when.kind !== 'after-ms') continue;
      this.timers.push(clock.after(Math.max(0, rule.when.ms - atMs()), () => this.fire(rule)));
    }
  }

  get texts(): AgentTexts {
    return textsOf(this.context.call.agent, this.language);
  }

  apply(change: AgentChange, by: ChangedBy, rule: number | null = null): void {
    const isOtherLanguage = change.language !== undefined && change.language !== this.language;
    if (change.instructions !== undefined) this.base = change.instructions;
    if (change.language !== undefined) this.language = change.language;
    if (change.speed !== undefined) this.speed = change.speed;
    const before = this.instructions;
    this.instructions = this.composed();
    if (change.tools) this.tools = this.declarationsFor(change.tools);
    const what = Object.keys(change).filter(
      (key) => change[key as keyof AgentChange] !== undefined && (key !== 'language' || isOtherLanguage),
    );
    if (what.length === 0) return;
    const { instructions: _base, tools: _names, language: _tag, ...asGiven } = change;
    const { log, signal } = this.context;
    signal({
      kind: 'agent-changed',
      change: {
        ...given(asGiven),
        ...(this.instructions === before ? {} : { instructions: this.instructions }),
        ...(change.tools ? { tools: this.tools } : {}),
        ...(isOtherLanguage ? { language: this.language } : {}),
      },
    });
    const atMs = this.context.atMs();
    log.append({ type: 'agent.changed', data: { by, what, atMs, change: given(change), rule } });
    if (isOtherLanguage)
      log.append({ type: 'language.changed', data: { language: this.language, by, atMs } });
  }

  toolFinished(name: string, outcome: ToolOutcome): void {
    if (outcome.status === 'ok' && outcome.change) this.apply(outcome.change, 'tool');
    for (const rule of this.rules)
      if (rule.when.kind === 'tool' && rule.when.name === name && rule.when.status === outcome.status)
        this.fire(rule);
  }

  interrupted(times: number): void {
    for (const rule of this.rules)
      if (rule.when.kind === 'interruptions' && times >= rule.when.count) this.fire(rule);
  }

  stop(): void {
    for (const timer of this.timers) timer.cancel();
  }

  private fire(rule: AgentRule): void {
    if (this.rules.delete(rule)) this.apply(rule.change, 'rule', this.context.call.agent.rules.indexOf(rule));
  }

  private composed(): string {
    const { agent } = this.context.call;
    const isOther = baseLanguage(this.language) !== baseLanguage(agent.language);
    const name = isOther ? languageName(this.language) : null;
    return [this.base, this.texts.instructions, name ? `Speak ${name} with the caller from now on.` : '']
      .filter(Boolean)
      .join('\n\n');
  }
}

type Given<Value> = { [Key in keyof Value]?: Exclude<Value[Key], undefined> };

function given<Value extends object>(value: Value): Given<Value> {
  return Object.fromEntries(Object.entries(value).filter(([, field]) => field !== undefined)) as Given<Value>;
}
