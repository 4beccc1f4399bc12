import { parseCallEvent, type CallEventBody, type CallEventType, type NewCallEvent } from '@tandem/contracts';
import type { CallLog } from '../ports/call-log.ts';

/** Keeps the events of a call for the test to read. */
export class RecordedCallLog implements CallLog {
  readonly facts: NewCallEvent[] = [];
  /** Events that could be stored but not read again. */
  readonly unreadable: NewCallEvent[] = [];
  /** While true nothing is stored, and flushing times out. */
  isAway = false;

  append(fact: NewCallEvent): void {
    if (!parseCallEvent({ ...fact, seq: 1, epoch: 1, at: 0 })) this.unreadable.push(fact);
    this.facts.push(fact);
  }

  flush(): Promise<'stored' | 'timed-out'> {
    return Promise.resolve(this.isAway ? 'timed-out' : 'stored');
  }

  of<Type extends CallEventType>(type: Type): CallEventBody<Type>[] {
    return this.facts.filter((fact) => fact.type === type).map((fact) => fact.data as CallEventBody<Type>);
  }

  /** Returns the words of both parties in the order of speaking, as they will be stored. */
  transcript(): string[] {
    return [
      ...this.of('caller.spoke').map((said) => ({ ...said, who: 'caller' })),
      ...this.of('agent.spoke').map((said) => ({ ...said, who: 'agent' })),
    ]
      .sort((a, b) => a.startedAtMs - b.startedAtMs)
      .map(({ who, text }) => `${who}: ${text}`);
  }
}
