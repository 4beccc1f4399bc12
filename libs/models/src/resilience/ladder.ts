import type { ProviderError } from '@tandem/contracts';
import type { ModelSessionSetup, VoiceModel } from '@tandem/conversation';
import { ALWAYS_WELL, type ProviderHealth, type TryKind } from './provider-health.ts';

/** One model of the ladder, at one endpoint. */
export interface ModelRung {
  readonly model: VoiceModel;
  /** What this model wants otherwise than the agent's own: its voice, its transcriber. */
  readonly settings?: Partial<
    Pick<ModelSessionSetup, 'voice' | 'transcriptionModel' | 'noiseReduction' | 'speed'>
  >;
  readonly health?: ProviderHealth;
  /** False for a model that runs here and has time limits of its own: silence is not taken for a hang. */
  readonly canHang?: boolean;
}

export type LadderStep =
  /** Open a session of this rung, after a while. */
  | { readonly kind: 'open'; readonly rung: ModelRung; readonly delayMs: number }
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
export class Ladder {
  private index = 0;
  private tries = 0;
  private hasAnswered = false;

  constructor(private readonly rungs: readonly ModelRung[]) {}

  get rung(): ModelRung {
    return this.rungs[this.index] as ModelRung;
  }

  /** `error` stands for the case that no rung may be tried. */
  first(error: ProviderError): LadderStep {
    return this.from(0, 'new-call', error);
  }

  /** The model answered: what went wrong before counts no more. */
  answered(): void {
    this.tries = 0;
    this.hasAnswered = true;
  }

  /** An open failed. */
  failed(error: ProviderError, kind: TryKind): LadderStep {
    this.tries = Math.max(1, this.tries);
    return SLOW.has(error.code) ? this.down(error, kind) : this.again(error, kind, 'open-again');
  }

  /** A session that was ready is gone: the same model is opened at once, if what took it can mend itself. */
  lost(error: ProviderError): LadderStep {
    const isHopeless = SLOW.has(error.code) && !this.hasAnswered;
    return isHopeless
      ? this.down(error, 'running-call')
      : this.again(error, 'running-call', this.tries === 0 ? 'running-call' : 'open-again');
  }

  down(error: ProviderError, kind: TryKind): LadderStep {
    return this.from(this.index + 1, kind, error);
  }

  private again(error: ProviderError, downKind: TryKind, kind: TryKind): LadderStep {
    const delayMs = TRY_DELAYS_MS[this.tries];
    if (!error.retryable || delayMs === undefined || !healthOf(this.rung).mayTry(kind))
      return this.down(error, downKind);
    this.tries += 1;
    this.hasAnswered = false;
    return { kind: 'open', rung: this.rung, delayMs };
  }

  private from(start: number, kind: TryKind, error: ProviderError): LadderStep {
    for (let index = start; index < this.rungs.length; index += 1) {
      const rung = this.rungs[index] as ModelRung;
      if (!healthOf(rung).mayTry(kind)) continue;
      this.index = index;
      this.tries = 0;
      this.hasAnswered = false;
      return { kind: 'open', rung, delayMs: 0 };
    }
    return { kind: 'exhausted', error };
  }
}

export function healthOf(rung: ModelRung): ProviderHealth {
  return rung.health ?? ALWAYS_WELL;
}
