import type { AudioFormat } from '@tandem/contracts';
import { asString, type JsonObject } from '../wire/json.ts';

/** The caller's words in one committed stretch of audio. */
export interface Utterance {
  readonly itemId: string;
  /** 0 for the session's first. */
  readonly index: number;
  /** The words a test gave for it; empty when none were given, since a simulator recognises no speech. */
  readonly text: string;
  readonly durationMs: number;
  readonly format: AudioFormat;
  /**
   * The bytes: of the latest utterance when the behaviour needs audio, of all when the simulator records
   * audio.
   */
  readonly audio: Uint8Array | null;
}

/** An entry of the context a response is made from. */
export interface ContextItem {
  readonly id: string;
  readonly wire: JsonObject;
}

/** The knowledge of a model when it is asked for a response. */
export interface ResponseRequest {
  /**
   * The cause of the response: the client's `response.create`, the end of the caller's turn, or the idle
   * timeout.
   */
  readonly cause: 'client' | 'turn' | 'idle';
  /** 1 for the session's first response. */
  readonly index: number;
  readonly isOutOfBand: boolean;
  /** The session's, unless the request brought its own. */
  readonly instructions: string;
  /** Instructions of the `response.create`, or null. */
  readonly ownInstructions: string | null;
  readonly tools: readonly JsonObject[];
  readonly context: readonly ContextItem[];
  /** The latest 64, oldest first. */
  readonly utterances: readonly Utterance[];
  readonly metadata: JsonObject | null;
  readonly outputFormat: AudioFormat;
}

/** Words, and how they sound: the simulator's voice unless bytes or a steady tone are given. */
export interface SayStep {
  readonly say: string;
  /** Bytes in the request's output format. */
  readonly audio?: Uint8Array;
  /** A steady tone of this length instead of speech. */
  readonly toneMs?: number;
  /** Wait before this step. */
  readonly delayMs?: number;
}

export interface CallStep {
  readonly call: string;
  /** An object, or the raw text of arguments, which need not be JSON. */
  readonly arguments: JsonObject | string;
  /** Label of the server whose tool it is; absent for a function. */
  readonly server?: string;
  readonly delayMs?: number;
}

export type PlanStep = SayStep | CallStep;

/** The output items of one response, in order. */
export interface ResponsePlan {
  readonly steps: readonly PlanStep[];
  /** From `response.created` to the first output item; absent means the simulator's default. */
  readonly firstByteMs?: number;
}

/** The model of one session. A throw fails the response with `server_error` and is reported. */
export interface Brain {
  respond(request: ResponseRequest): ResponsePlan | Promise<ResponsePlan>;
}

/** A way to answer, shared by sessions; each session gets its own brain. */
export interface Behaviour {
  readonly name: string;
  /** Whether utterances must carry their bytes. */
  readonly needsAudio: boolean;
  open(): Brain;
}

/**
 * Returns the words a client asks for verbatim, from the instructions of a `response.create` that begin with
 * a verb of speaking: the text after a colon at the end of the first line, or the text in double quotes. Null
 * when they ask for something else.
 */
export function verbatimRequest(instructions: string | null): string | null {
  const asked = /^\s*(?:please\s+)?(?:say|speak|repeat|read)\b([\s\S]*)$/i.exec(instructions ?? '')?.[1];
  if (asked === undefined) return null;
  const [, block] = /^[^\n]*:[ \t]*\n([\s\S]+)$/.exec(asked) ?? [];
  if (block !== undefined) return block.trim();
  const [, quoted] = /^[^"“]*["“]([^"”]+)["”]/.exec(asked) ?? [];
  const [, rest] = /^[^:]*:\s*(\S[\s\S]*)$/.exec(asked) ?? [];
  return quoted ?? rest?.trim() ?? null;
}

/**
 * Returns whether a client asks for words between the turns of the dialogue by instructions of its own, such
 * as a filler while a tool runs. The first response of a session is a greeting, whatever its cause.
 */
export function isAside(request: ResponseRequest): boolean {
  return request.ownInstructions !== null && request.index > 1;
}

/** Words of the dialogues for an aside. */
export const ASIDE = 'One moment, please.';

/**
 * The output of the tool call that ends the context, with the call's name; null when something else came
 * after.
 */
export function latestToolOutput(context: readonly ContextItem[]): { name: string; output: string } | null {
  const hosted = latestHostedOutput(context);
  if (hosted) return hosted;
  const last = context.at(-1)?.wire;
  if (last?.['type'] !== 'function_call_output') return null;
  const call = context.find(
    ({ wire }) => wire['type'] === 'function_call' && wire['call_id'] === last['call_id'],
  );
  return { name: asString(call?.wire['name']) ?? '', output: asString(last['output']) ?? '' };
}

/**
 * Returns the result of a tool of a server that ends the context, or the reason why it was not allowed; notes
 * after it do not count.
 */
function latestHostedOutput(context: readonly ContextItem[]): { name: string; output: string } | null {
  const last = context.findLast(({ wire }) => wire['role'] !== 'system')?.wire;
  const call = last && hostedCallOf(last, context);
  if (!call) return null;
  const output = call['output'] ?? (call['error'] ? JSON.stringify(call['error']) : last['reason']);
  return { name: String(call['name']), output: asString(output) ?? '' };
}

/** Returns the call that an item is, or whose approval it answers. */
function hostedCallOf(item: JsonObject, context: readonly ContextItem[]): JsonObject | undefined {
  if (item['type'] === 'mcp_call') return item;
  if (item['type'] !== 'mcp_approval_response') return undefined;
  const requestId = item['approval_request_id'];
  return context.find(({ wire }) => wire['type'] === 'mcp_call' && wire['approval_request_id'] === requestId)
    ?.wire;
}
