import type { ModelSessionListener, SpeakRequest } from '@tandem/conversation';
import type { CallerReplay } from './caller-replay.ts';
import type { CallerTurnStates } from './caller-turn-states.ts';

/** How long a new session gets to notice the speech played into it. */
export const REPLAY_PATIENCE_MS = 1_500;
const REPLY: SpeakRequest = { kind: 'reply' };

export interface ReplayWaitParts {
  readonly caller: CallerReplay;
  readonly turnStates: CallerTurnStates;
  readonly listener: ModelSessionListener;
  readonly turnOwner: () => 'model' | 'session';
  readonly ask: (request: SpeakRequest) => void;
}

/** Holds replies back until a new session has heard what the caller said to the session before it. */
export class ReplayWait {
  private held: SpeakRequest[] = [];

  constructor(private readonly parts: ReplayWaitParts) {}

  /** Asks now, or after the replay when the request is a reply to what is replayed. */
  respond(request: SpeakRequest): void {
    if (request.kind === 'reply' && this.parts.caller.isAwaiting) this.held.push(request);
    else this.parts.ask(request);
  }

  clear(): void {
    this.held = [];
  }

  /** A turn of the caller has ended: requests the replies, unless more of the replay is awaited. */
  onTurnEnded(): void {
    if (!this.parts.caller.isAwaiting) this.release();
  }

  /** The patience is over: utterances the session did not notice end without words, and are answered. */
  expire(): void {
    const { caller, turnStates, listener, turnOwner } = this.parts;
    const unheard = caller.abandonAwaited();
    if (unheard.length === 0) return;
    for (const { itemId, stoppedAt } of unheard) {
      turnStates.drop(itemId);
      if (stoppedAt === null) listener.onCallerSpeechStopped(itemId, 0);
      listener.onCallerText(itemId, '', true);
    }
    if (turnOwner() === 'model' && this.held.length === 0) this.held.push(REPLY);
    this.release();
  }

  private release(): void {
    for (const request of this.held.splice(0)) this.parts.ask(request);
  }
}
