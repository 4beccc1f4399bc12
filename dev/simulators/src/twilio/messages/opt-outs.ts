/** Twilio's default words, when they are the whole message. */
const STOP = /^\s*(?:stop|stopall|unsubscribe|cancel|end|quit|revoke|optout)\s*$/i;
const START = /^\s*(?:start|yes|unstop)\s*$/i;

/** Receivers that told the carrier to stop, per number of ours. */
export class OptOuts {
  private readonly pairs = new Set<string>();

  /** Reads a message of theirs, as the carrier does before it passes the message on. */
  hear(theirs: string, ours: string, body: string): void {
    if (STOP.test(body)) this.pairs.add(`${ours} ${theirs}`);
    if (START.test(body)) this.pairs.delete(`${ours} ${theirs}`);
  }

  has(theirs: string, ours: string): boolean {
    return this.pairs.has(`${ours} ${theirs}`);
  }
}
