import type { ProviderError } from '@tandem/contracts';
import type { ModelSessionSetup, VoiceModel } from '@tandem/conversation';
import { ALWAYS_HEALTHY, type ProviderHealth, type AttemptKind } from './provider-health.ts';

/** One model of the fallback chain, at one endpoint. */
export interface FallbackTarget {
  readonly model: VoiceModel;
  /** Settings of this model that replace those of the agent's own: voice, transcriber. */
  readonly settings?: Partial<
    Pick<ModelSessionSetup, 'voice' | 'transcriptionModel' | 'noiseReduction' | 'speed'>
  >;
  readonly health?: ProviderHealth;
  /** False for a model that runs in-process with time limits of its own: its silence is not a hang. */
  readonly canHang?: boolean;
}

export type FallbackStep =
  /** Open a session of this target after the delay. */
  | { readonly kind: 'open'; readonly target: FallbackTarget; readonly delayMs: number }
  /** No target is left. */
  | { readonly kind: 'exhausted'; readonly error: ProviderError };

/** Delays before each further attempt at a target since its last response; then comes the next target. */
const TRY_DELAYS_MS = [0, 250, 500];
/** Errors after which the target is not tried again: the caller has already waited for the timeout. */
const SLOW: ReadonlySet<string> = new Set(['open-timeout', 'no-answer']);

/**
 * Decides which model is opened next: the same one while a retry may help, then the next one. Never an
 * earlier one: a call does not change its voice back.
 */
export class FallbackChain {
  private index = 0;
  private tries = 0;
  private hasAnswered = false;

  constructor(private readonly targets: readonly FallbackTarget[]) {}

  get target(): FallbackTarget {
    return this.targets[this.index] as FallbackTarget;
  }

  /** @param error the error of a chain without a target that may be tried */
  first(error: ProviderError): FallbackStep {
    return this.from(0, 'new-call', error);
  }

  /** The model has answered: earlier failures no longer count. */
  markAnswered(): void {
    this.tries = 0;
    this.hasAnswered = true;
  }

  /** A session did not open. */
  onOpenFailed(error: ProviderError, kind: AttemptKind): FallbackStep {
    this.tries = Math.max(1, this.tries);
    return SLOW.has(error.code) ? this.failOver(error, kind) : this.retry(error, kind, 'open-again');
  }

  /** A session in use was lost: the same model is opened again at once unless the error is permanent. */
  onSessionLost(error: ProviderError): FallbackStep {
    const isHopeless = SLOW.has(error.code) && !this.hasAnswered;
    return isHopeless
      ? this.failOver(error, 'running-call')
      : this.retry(error, 'running-call', this.tries === 0 ? 'running-call' : 'open-again');
  }

  failOver(error: ProviderError, kind: AttemptKind): FallbackStep {
    return this.from(this.index + 1, kind, error);
  }

  private retry(error: ProviderError, downKind: AttemptKind, kind: AttemptKind): FallbackStep {
    const delayMs = TRY_DELAYS_MS[this.tries];
    if (!error.retryable || delayMs === undefined || !healthOf(this.target).allows(kind))
      return this.failOver(error, downKind);
    this.tries += 1;
    this.hasAnswered = false;
    return { kind: 'open', target: this.target, delayMs };
  }

  private from(start: number, kind: AttemptKind, error: ProviderError): FallbackStep {
    for (let index = start; index < this.targets.length; index += 1) {
      const target = this.targets[index] as FallbackTarget;
      if (!healthOf(target).allows(kind)) continue;
      this.index = index;
      this.tries = 0;
      this.hasAnswered = false;
      return { kind: 'open', target, delayMs: 0 };
    }
    return { kind: 'exhausted', error };
  }
}

export function healthOf(target: FallbackTarget): ProviderHealth {
  return target.health ?? ALWAYS_HEALTHY;
}
