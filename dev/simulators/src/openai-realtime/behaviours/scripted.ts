import type { JsonObject } from '../wire/json.ts';
import {
  ASIDE,
  isAside,
  latestToolOutput,
  verbatimRequest,
  type Behaviour,
  type Brain,
  type PlanStep,
  type ResponsePlan,
  type ResponseRequest,
} from './behaviour.ts';
import { fillIn } from './placeholders.ts';

/** A tool call of a turn. Arguments may be raw text, to test malformed JSON. */
interface ScriptedCall {
  readonly name: string;
  readonly arguments?: JsonObject | string;
  /** Label of the server whose tool it is. */
  readonly server?: string;
}

/**
 * One turn of the script. All conditions that are present must hold. In `say`, `{{path}}` stands for a value
 * in the latest tool output, such as `{{result.start}}`.
 */
export interface ScriptedTurn {
  readonly say?: string;
  /** Called after the words, in order. */
  readonly call?: ScriptedCall | readonly ScriptedCall[];
  /** The turn after this turn's tool output, in place of the next one. */
  readonly then?: ScriptedTurn;
  /** From `response.created` to the first output. */
  readonly firstByteMs?: number;
  /** Wait between the words and the calls. */
  readonly delayMs?: number;
  /** The words of the caller's latest utterance contain this, whatever the case. */
  readonly ifHeard?: string;
  /** The instructions in force contain this. */
  readonly ifInstructions?: string;
  /** The context ends with the output of this tool. */
  readonly ifToolOutput?: string;
  /** The latest tool output contains this text. */
  readonly ifOutputContains?: string;
  /** Whether the turn may be used more than once. */
  readonly repeats?: boolean;
}

export interface ScriptedOptions {
  readonly turns: readonly ScriptedTurn[];
  /** Said when no turn is left. */
  readonly otherwise?: string;
}

/**
 * Plays a list of turns: each response takes the first remaining turn whose conditions hold. A
 * `response.create` with instructions of its own uses up no turn: verbatim words are said, and other
 * instructions get a short aside, unless it is the session's first response or a turn waits for those
 * instructions (`ifInstructions`).
 */
export function scripted(options: ScriptedOptions): Behaviour {
  return { name: 'scripted', needsAudio: false, open: () => new ScriptedBrain(options) };
}

class ScriptedBrain implements Brain {
  private readonly left: ScriptedTurn[];
  private readonly otherwise: string;
  private afterTool: ScriptedTurn | null = null;

  constructor(options: ScriptedOptions) {
    this.left = [...options.turns];
    this.otherwise = options.otherwise ?? 'Is there anything else?';
  }

  respond(request: ResponseRequest): ResponsePlan {
    const asked = verbatimRequest(request.ownInstructions);
    if (asked !== null) return { steps: [{ say: asked }] };
    const output = latestToolOutput(request.context);
    if (
      isAside(request) &&
      !this.left.some((turn) => turn.ifInstructions !== undefined && holds(turn, request, output))
    )
      return { steps: [{ say: ASIDE }] };
    const turn = this.take(request, output);
    if (!turn) return { steps: [{ say: this.otherwise }] };
    const plan = planOf(turn, output?.output ?? null);
    this.afterTool = turn.then ?? this.afterTool;
    return plan;
  }

  private take(
    request: ResponseRequest,
    output: { name: string; output: string } | null,
  ): ScriptedTurn | undefined {
    if (this.afterTool && output) {
      const turn = this.afterTool;
      this.afterTool = null;
      return turn;
    }
    const index = this.left.findIndex((turn) => holds(turn, request, output));
    const turn = this.left[index];
    if (turn && turn.repeats !== true) this.left.splice(index, 1);
    return turn;
  }
}

/** A condition that is absent holds. */
function holds(
  turn: ScriptedTurn,
  request: ResponseRequest,
  output: { name: string; output: string } | null,
): boolean {
  const heard = request.utterances.at(-1)?.text.toLowerCase() ?? '';
  const conditions: readonly [string | undefined, (wanted: string) => boolean][] = [
    [turn.ifHeard, (wanted) => heard.includes(wanted.toLowerCase())],
    [turn.ifInstructions, (wanted) => request.instructions.includes(wanted)],
    [turn.ifToolOutput, (wanted) => output?.name === wanted],
    [turn.ifOutputContains, (wanted) => output?.output.includes(wanted) === true],
  ];
  return conditions.every(([wanted, isMet]) => wanted === undefined || isMet(wanted));
}

function planOf(turn: ScriptedTurn, output: string | null): ResponsePlan {
  const steps: PlanStep[] = turn.say === undefined ? [] : [{ say: fillIn(turn.say, output) }];
  const calls =
    turn.call === undefined
      ? []
      : Array.isArray(turn.call)
        ? (turn.call as readonly ScriptedCall[])
        : [turn.call as ScriptedCall];
  for (const [index, call] of calls.entries()) {
    const delay = index === 0 && turn.delayMs !== undefined ? { delayMs: turn.delayMs } : {};
    const server = call.server === undefined ? {} : { server: call.server };
    steps.push({ call: call.name, arguments: call.arguments ?? {}, ...server, ...delay });
  }
  return { steps, ...(turn.firstByteMs === undefined ? {} : { firstByteMs: turn.firstByteMs }) };
}
