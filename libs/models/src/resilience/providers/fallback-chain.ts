import type { ProviderError } from '@tandem/contracts';
import type { ModelSessionSetup, VoiceModel } from '@tandem/conversation';
import { ALWAYS_HEALTHY, type ProviderHealth, type AttemptKind } from './provider-health.ts';

/** One model of the ladder, at one endpoint. */
export interface FallbackTarget {
  readonly model: VoiceModel;
  /** What this model wants otherwise than the agent's own: its voice, its transcriber. */
  readonly settings?: Partial<
    Pick<ModelSessionSetup, 'voice' | 'transcriptionModel' | 'noiseReduction' | 'speed'>
  >;
  readonly health?: ProviderHealth;
  /** False for a model that runs here and has time limits of its own: silence is not taken for a hang. */
  readonly canHang?: boolean;
}

export type FallbackStep =
  /** Open a session of this rung, after a while. */
  | { readonly kind: 'open'; readonly rung: FallbackTarget; readonly delayMs: number }
  /** No model is left. */
  | { readonly kind: 'exhausted'; readonly error: ProviderError };

/** Before each further try of one model since it last answered; then comes the next rung. */
const TRY_DELAYS_MS = [0, 250, 500];
/** An open that took its whole time is not worth that time again. */
const SLOW: ReadonlySet<string> = new Set(['open-timeout', 'no-answer']);

/**
 * Which model is opened next: the same one again as long as that may help, then one rung further down. Never
 * up: a call does not change its voice twice.
 */
export class FallbackChain {
  private index = 0;
  private tries = 0;
  private hasAnswered = false;

  constructor(private readonly rungs: readonly FallbackTarget[]) {}

  get target(): FallbackTarget {
    return this.rungs[this.index] as FallbackTarget;
  }

  /** `error` stands for the case that no rung may be tried. */
  first(error: ProviderError): FallbackStep {
    return this.from(0, 'new-call', error);
  }

  /** The model answered: what went wrong before counts no more. */
  answered(): void {
    this.tries = 0;
    this.hasAnswered = true;
  }

  /** An open failed. */
  failed(error: ProviderError, kind: AttemptKind): FallbackStep {
    this.tries = Math.max(1, this.tries);
    return SLOW.has(error.code) ? this.failOver(error, kind) : this.again(error, kind, 'open-again');
  }

  /** A session that was ready is gone: the same model is opened at once, if what took it can mend itself. */
  lost(error: ProviderError): FallbackStep {
    const isHopeless = SLOW.has(error.code) && !this.hasAnswered;
    return isHopeless
      ? this.failOver(error, 'running-call')
      : this.again(error, 'running-call', this.tries === 0 ? 'running-call' : 'open-again');
  }

  failOver(error: ProviderError, kind: AttemptKind): FallbackStep {
    return this.from(this.index + 1, kind, error);
  }

  private again(error: ProviderError, downKind: AttemptKind, kind: AttemptKind): FallbackStep {
    const delayMs = TRY_DELAYS_MS[this.tries];
    if (!error.retryable || delayMs === undefined || !healthOf(this.target).allows(kind))
      return this.failOver(error, downKind);
    this.tries += 1;
    this.hasAnswered = false;
    return { kind: 'open', rung: this.target, delayMs };
  }

  private from(start: number, kind: AttemptKind, error: ProviderError): FallbackStep {
    for (let index = start; index < this.rungs.length; index += 1) {
      const rung = this.rungs[index] as FallbackTarget;
      if (!healthOf(rung).allows(kind)) continue;
      this.index = index;
      this.tries = 0;
      this.hasAnswered = false;
      return { kind: 'open', rung, delayMs: 0 };
    }
    return { kind: 'exhausted', error };
  }
}

export function healthOf(rung: FallbackTarget): ProviderHealth {
  return rung.health ?? ALWAYS_HEALTHY;
}
