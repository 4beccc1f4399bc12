/** The agent's answer to one turn of the caller. Times in ms from the start of the call. */
interface ResponseTiming {
  readonly callerStoppedMs: number;
  readonly agentStartedMs: number;
  /** End of the caller's speech to the first audible frame of the agent. */
  readonly responseMs: number;
}

/** The caller spoke while the agent did. Times in ms from the start of the call. */
interface InterruptionTiming {
  readonly callerStartedMs: number;
  readonly agentSilentMs: number;
  /** Start of the caller's speech to the end of the last audible frame of the agent. */
  readonly silenceMs: number;
}

export interface TalkTiming {
  readonly firstAudioMs: number | null;
  readonly responses: readonly ResponseTiming[];
  readonly interruptions: readonly InterruptionTiming[];
}

/**
 * Pairs caller and agent speech into latencies. A turn of the caller counts from its last end: speech that
 * continues before the agent answers replaces it. An agent that was already speaking when the caller stopped
 * is no answer.
 */
export class TalkTimer {
  private readonly responses: ResponseTiming[] = [];
  private readonly interruptions: InterruptionTiming[] = [];
  private awaitingSinceMs: number | null = null;
  private interruptedAtMs: number | null = null;
  private isAgentSpeaking = false;

  callerStarted(atMs: number): void {
    this.awaitingSinceMs = null;
    if (this.isAgentSpeaking) this.interruptedAtMs ??= atMs;
  }

  callerStopped(atMs: number): void {
    this.awaitingSinceMs = atMs;
  }

  agentStarted(atMs: number): void {
    this.isAgentSpeaking = true;
    const callerStoppedMs = this.awaitingSinceMs;
    if (callerStoppedMs === null || atMs < callerStoppedMs) return;
    this.awaitingSinceMs = null;
    this.responses.push({ callerStoppedMs, agentStartedMs: atMs, responseMs: atMs - callerStoppedMs });
  }

  agentStopped(atMs: number): void {
    this.isAgentSpeaking = false;
    const callerStartedMs = this.interruptedAtMs;
    this.interruptedAtMs = null;
    // The end of speech is known late: a caller who began after it interrupted nothing.
    if (callerStartedMs === null || atMs <= callerStartedMs) return;
    this.interruptions.push({ callerStartedMs, agentSilentMs: atMs, silenceMs: atMs - callerStartedMs });
  }

  result(firstAudioMs: number | null): TalkTiming {
    return { firstAudioMs, responses: [...this.responses], interruptions: [...this.interruptions] };
  }
}
