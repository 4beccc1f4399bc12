import { remoteModel, type ModelSettings } from '@tandem/contracts';
import type { Redis } from 'ioredis';
import { keys } from '../redis/keys.ts';
import { CIRCUIT_RULES, type CircuitRules, type CircuitState, type ProviderAct } from './provider-circuit.ts';
import { reportProvider, reportProviderLimits, takeProviderProbe } from '../scripts/provider-report.ts';
import { run } from '../scripts/script.ts';

/** One model at one endpoint; it has a circuit of its own. */
export type ProviderTarget = string;

/**
 * Returns the name of the circuit for a model at an endpoint; null for a model that runs in the relay. An
 * agent that names no model means `default`.
 */
export function providerTarget(
  model: ModelSettings,
  endpoint: 'primary' | 'secondary',
): ProviderTarget | null {
  const name = remoteModel(model);
  return name === null ? null : `${endpoint}:${name.replaceAll(/[^\w.-]/g, '_') || 'default'}`;
}

/** The state of a provider as all processes share it. Durations count from the reply of Redis. */
export interface ProviderState {
  readonly state: CircuitState;
  readonly openForMs: number;
  /** Failures that still count. */
  readonly failures: number;
  /** Time until its budgets suffice for a new call; 0 when they do. */
  readonly limitedForMs: number;
}

export interface ProviderBudget {
  readonly name: string;
  readonly limit: number;
  readonly remaining: number;
  /** Time until it is full again. */
  readonly resetMs: number;
}

/** How long the state of a provider without failures is kept. */
const TTL_MS = 120_000;
/** In a half-open circuit one new call is let through per this time. */
const PROBE_MS = 2_000;
/** A budget with a smaller share left takes no new call until it has twice that share. */
const SCARCE_SHARE = 0.05;

const WELL: ProviderState = { state: 'closed', openForMs: 0, failures: 0, limitedForMs: 0 };

/** The state of providers, shared by all processes in Redis. */
export class ProviderStates {
  constructor(
    private readonly redis: Redis,
    private readonly rules: CircuitRules = CIRCUIT_RULES,
  ) {}

  /** @throws when Redis cannot be reached */
  async report(
    target: ProviderTarget,
    act: ProviderAct,
    outcome: 'ok' | 'failed' | 'failed-for-good',
  ): Promise<ProviderState> {
    const { threshold, windowMs, openMs, longestOpenMs } = this.rules;
    const weight = { ok: 0, failed: 1, 'failed-for-good': threshold }[outcome];
    const reply = (await run(
      this.redis,
      reportProvider,
      [keys.provider(target)],
      [act, weight, threshold, windowMs, openMs, longestOpenMs, TTL_MS],
    )) as number[];
    const [now = 0, openUntil = 0, opens = 0, answers = 0, limitedUntil = 0] = reply;
    return stateFrom(now, openUntil, opens + answers, limitedUntil);
  }

  /** @throws when Redis cannot be reached */
  async reportBudgets(target: ProviderTarget, budgets: readonly ProviderBudget[]): Promise<void> {
    const args = budgets.flatMap(({ name, limit, remaining }) => [name, limit, remaining]);
    await run(
      this.redis,
      reportProviderLimits,
      [keys.provider(target)],
      [scarceForMs(budgets), TTL_MS, ...args],
    );
  }

  /** Returns the states in the order of the targets. @throws when Redis cannot be reached */
  async read(targets: readonly ProviderTarget[]): Promise<ProviderState[]> {
    if (targets.length === 0) return [];
    const pipeline = this.redis.pipeline().time();
    for (const target of targets)
      pipeline.hmget(keys.provider(target), 'openUntil', 'open', 'answer', 'limitedUntil');
    const [time, ...replies] = (await pipeline.exec()) ?? [];
    const [seconds, micros] = (time?.[1] ?? [0, 0]) as [string, string];
    const now = Number(seconds) * 1000 + Math.floor(Number(micros) / 1000);
    return targets.map((_target, index) => {
      const [openUntil, opens, answers, limitedUntil] = (replies[index]?.[1] ?? []) as (string | null)[];
      return openUntil === undefined
        ? WELL
        : stateFrom(now, Number(openUntil), Number(opens) + Number(answers), Number(limitedUntil));
    });
  }

  /**
   * Returns whether one of these can take a new call. A half-open circuit returns true to one call at a time,
   * which must try the provider. @throws when Redis cannot be reached
   */
  async canAnyTake(targets: readonly ProviderTarget[]): Promise<boolean> {
    const states = await this.read(targets);
    if (states.some(({ state, limitedForMs }) => state === 'closed' && limitedForMs === 0)) return true;
    for (const [index, { state }] of states.entries()) {
      if (
        state === 'half-open' &&
        (await run(this.redis, takeProviderProbe, [keys.provider(targets[index] as string)], [PROBE_MS])) ===
          1
      )
        return true;
    }
    return false;
  }
}

function stateFrom(now: number, openUntil: number, failures: number, limitedUntil: number): ProviderState {
  const openForMs = Math.max(0, openUntil - now);
  return {
    state: openUntil === 0 ? 'closed' : openForMs > 0 ? 'open' : 'half-open',
    openForMs,
    failures,
    limitedForMs: Math.max(0, limitedUntil - now),
  };
}

/**
 * Returns the time until all budgets suffice for a new call. Budgets refill evenly, so it follows from their
 * rest and the time until they are full.
 */
export function scarceForMs(budgets: readonly ProviderBudget[]): number {
  const waits = budgets.map(({ limit, remaining, resetMs }) => {
    const share = limit > 0 ? remaining / limit : 1;
    return share >= SCARCE_SHARE ? 0 : Math.ceil((resetMs * (2 * SCARCE_SHARE - share)) / (1 - share));
  });
  return Math.max(0, ...waits);
}
