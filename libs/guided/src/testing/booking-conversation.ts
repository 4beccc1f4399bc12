import type { HistoryItem } from '@tandem/conversation';
import { DateTime } from 'luxon';
import { bookingDialogue } from '../dialogue/booking/booking-dialogue.ts';
import type { BookingState } from '../dialogue/booking/booking-state.ts';
import type { DialogueContext, DialogueInput, DialogueMove, ToolRole } from '../dialogue/dialogue.ts';
import type { ToolResult } from '../dialogue/tool-results.ts';

/** Monday morning in New York. */
export const NOW = DateTime.fromISO('2026-03-02T08:10:00', { zone: 'America/New_York' });
export const CALENDAR: readonly ToolRole[] = ['check', 'book', 'end'];
/** Clocks go forward on March 8th. */
export const at = (time: string, day = '2026-03-03') => ({
  start: `${day}T${time}:00.000${day < '2026-03-08' ? '-05:00' : '-04:00'}`,
  end: '',
  resource: 'Ann',
});
export const ok = (value: unknown): ToolResult => ({ status: 'ok', value });
export const free = (...times: string[]) => ok({ slots: times.map((time) => at(time)) });

/** A booking dialogue as a test script: the caller's inputs and the moves that follow. */
export class Conversation {
  private state: BookingState;
  private readonly context: DialogueContext;
  private last: readonly DialogueMove[] = [];

  constructor(tools: readonly ToolRole[] = CALENDAR, history: readonly HistoryItem[] | null = null) {
    this.context = { companyName: 'Northwind', today: NOW.startOf('day'), now: NOW, tools: new Set(tools) };
    this.state = history ? bookingDialogue.resume(history, this.context) : bookingDialogue.begin();
  }

  private take(input: DialogueInput): string {
    const step = bookingDialogue.step(this.state, input, this.context);
    this.state = step.state;
    this.last = step.moves;
    return this.last.flatMap((move) => (move.kind === 'say' ? [move.text] : [])).join(' ');
  }

  begins = (): string => this.take({ kind: 'prompted', isQuestionHeard: true });
  prompted = (isQuestionHeard: boolean): string => this.take({ kind: 'prompted', isQuestionHeard });
  says = (text: string, isQuestionHeard = true): string =>
    this.take({ kind: 'heard', text, isQuestionHeard });
  presses = (digits: string): string => this.take({ kind: 'keys', digits, isQuestionHeard: true });
  coughs = (isInterruption = false, isQuestionHeard = true): string =>
    this.take({ kind: 'unheard', isInterruption, isQuestionHeard });
  told = (instruction: string): string => this.take({ kind: 'instructed', instruction });
  saidForUs = (): string => this.take({ kind: 'said' });
  answers = (result: ToolResult, callNumber = this.state.calls): string =>
    this.take({ kind: 'tool-result', callNumber, result });

  get asks(): { tool: ToolRole; arguments: Readonly<Record<string, string>> } | null {
    const call = this.last.find((move) => move.kind === 'call');
    return call ? { tool: call.tool, arguments: call.arguments } : null;
  }

  get essential(): string[] {
    return this.last.flatMap((move) => (move.kind === 'say' && move.isEssential ? [move.text] : []));
  }
}

/** Returns a call at the question whether to book nine o'clock tomorrow. */
export function atConfirmation(): Conversation {
  const call = new Conversation();
  call.begins();
  call.says('a plumber tomorrow morning please');
  call.answers(free('09:00', '10:30', '11:00'));
  call.says('nine please');
  return call;
}
