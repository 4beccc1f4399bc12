import type { ItemId, JsonValue, ToolDeclaration } from '@tandem/contracts';
import type { CallContext } from '../call-context.ts';
import type { Refusal } from './tool-arguments.ts';

/** Questions that may be open at the same time; the oldest is forgotten. */
const MAX_OPEN = 16;
/** Utterances of the caller whose words are awaited. */
const MAX_UTTERANCES = 16;
/** The caller's words are waited for this long when the model is faster than the transcript. */
const WORDS_AWAITED_MS = 3_000;
const MAX_SHOWN_ARGUMENTS = 600;

type Arguments = Readonly<Record<string, JsonValue>>;
type Tool = Pick<ToolDeclaration, 'name' | 'confirm'>;

interface Question {
  readonly tool: string;
  readonly asked: Arguments;
  /** Whether the call may have no argument beside those that were asked about. */
  readonly isWhole: boolean;
  /** Whether the model was asked to speak of it: what it says from then on puts the question. */
  isDue: boolean;
  /** When the agent began to speak after it was told to ask; null while it has not. */
  putAt: number | null;
}

type Verdict = 'go' | Refusal;

/**
 * Holds tool calls that cannot be undone until the caller was asked and has answered: with words that began,
 * or a key that was pressed, after the agent spoke. The model cannot stand in for the caller by calling
 * twice. The questions of an earlier session of the call are asked again.
 */
export class Confirmations {
  private questions: Question[] = [];
  /** Orders what happens: neither clocks nor the order of the model's events do. */
  private now = 0;
  /** When the caller's latest answer began. */
  private answeredAt = -1;
  /** When the utterances that still wait for words began. */
  private readonly unheard = new Map<ItemId, number>();
  private waiting: (() => void)[] = [];

  constructor(private readonly context: Pick<CallContext, 'clock'>) {}

  /** Returns whether the call may run; a promise while the caller's words are on their way. */
  judge(tool: Tool, input: JsonValue): Verdict | Promise<Verdict> {
    if (!needsAnswer(tool, input) || !isObject(input)) return 'go';
    const question = this.questions.find((known) => isOf(known, tool.name, input));
    if (!question) {
      this.ask(tool.name, input, true);
      return askFirst(tool.name, input);
    }
    if (!this.mayBeAnswered(question)) return this.decide(question);
    return this.words().then(() => this.decide(question));
  }

  /** The agent is to ask the caller about a call with these arguments. */
  ask(tool: string, asked: Arguments, isWhole = false): void {
    this.questions = [
      ...this.questions.filter((known) => !(known.tool === tool && text(known.asked) === text(asked))),
      { tool, asked, isWhole, isDue: false, putAt: null },
    ].slice(-MAX_OPEN);
  }

  /** The model is asked to speak of what it was told. */
  replyDue(): void {
    for (const question of this.questions) question.isDue = true;
  }

  /** Words of the model can be heard: what it was told to ask is being asked. */
  agentSpeaks(): void {
    this.now += 1;
    for (const question of this.questions) if (question.isDue) question.putAt ??= this.now;
  }

  callerStarted(itemId: ItemId): void {
    if (this.questions.length === 0) return;
    const [oldest] = this.unheard.keys();
    if (this.unheard.size >= MAX_UTTERANCES && oldest !== undefined) this.unheard.delete(oldest);
    this.now += 1;
    this.unheard.set(itemId, this.now);
  }

  /** @param hasWords false for a sound that was no speech */
  callerStopped(itemId: ItemId, hasWords: boolean): void {
    const startedAt = this.unheard.get(itemId);
    if (startedAt === undefined) return;
    this.unheard.delete(itemId);
    if (hasWords) this.answeredAt = Math.max(this.answeredAt, startedAt);
    const waiting = this.waiting;
    this.waiting = [];
    for (const wake of waiting) wake();
  }

  /** The caller pressed a key or wrote. */
  callerActed(): void {
    this.now += 1;
    this.answeredAt = this.now;
  }

  private decide(question: Question): Verdict {
    if (!this.questions.includes(question)) return askFirst(question.tool, question.asked);
    if (question.putAt === null || this.answeredAt <= question.putAt) return notAnswered(question.tool);
    this.questions = this.questions.filter((other) => other !== question);
    return 'go';
  }

  /** The caller has spoken since the question, and their words are not here yet. */
  private mayBeAnswered({ putAt }: Question): boolean {
    if (putAt === null || this.answeredAt > putAt) return false;
    return [...this.unheard.values()].some((startedAt) => startedAt > putAt);
  }

  private words(): Promise<void> {
    return new Promise((resolve) => {
      const timer = this.context.clock.after(WORDS_AWAITED_MS, resolve);
      this.waiting.push(() => {
        timer.cancel();
        resolve();
      });
    });
  }
}

/** Whether a call does something that cannot be undone. */
export function needsAnswer({ confirm }: Pick<Tool, 'confirm'>, input: JsonValue): boolean {
  if (confirm !== 'when-confirmed') return confirm === true;
  return isObject(input) && input['confirmed'] === true;
}

function isOf({ tool, asked, isWhole }: Question, name: string, input: Arguments): boolean {
  if (tool !== name) return false;
  if (isWhole) return text(asked) === text(input);
  return Object.entries(asked).every(([key, value]) => text(input[key] ?? null) === text(value));
}

/** Arguments are parsed by their declaration, so that their order is always the same. */
const text = (value: JsonValue | Arguments): string => JSON.stringify(value);

const isObject = (value: JsonValue): value is { [key: string]: JsonValue } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const refusal = (detail: string): Refusal => ({ ok: false, reason: 'confirmation-needed', detail });

const askFirst = (tool: string, input: Arguments): Refusal =>
  refusal(
    'Nothing was done. This cannot be undone, so the caller has to agree first. Tell them in plain words ' +
      'what will be done, with these details, and ask for a clear yes: ' +
      `${text(input).slice(0, MAX_SHOWN_ARGUMENTS)}. ` +
      `After their yes call ${tool} again with exactly the same arguments.`,
  );

const notAnswered = (tool: string): Refusal =>
  refusal(
    'Nothing was done: the caller has not answered yet. Ask them for a clear yes, wait for their answer, ' +
      `and only then call ${tool} again with exactly the same arguments.`,
  );
