import { Ajv } from 'ajv';
import type { CallEndCause } from '../leg/call-report.ts';

/** The moment at which the caller acts, counted from the end of the turn before. */
export type TurnMoment =
  /** The agent spoke and has been silent for a polite pause. */
  | 'agent-finished'
  | { readonly afterMs: number }
  /** In the middle of the agent's speech: an interruption. */
  | { readonly agentSpeakingMs: number };

export type TurnDeed =
  | { readonly say: string }
  | { readonly press: string }
  | { readonly waitMs: number }
  | { readonly hangup: true };

export interface ScenarioTurn {
  readonly when: TurnMoment;
  readonly do: TurnDeed;
  /** Longest wait for the moment; default 15 s. Then the caller hangs up. */
  readonly withinMs?: number;
}

/** Expectations of the whole call. */
export interface ScenarioExpectation {
  readonly endedBy?: readonly CallEndCause[];
  readonly minAgentTurns?: number;
  /** End of caller speech to first sound of the agent, every time. */
  readonly maxResponseMs?: number;
  /** Start of an interruption to silence, every time. */
  readonly maxInterruptionMs?: number;
  readonly minInterruptions?: number;
  /** The call was put through to this number, address or client. */
  readonly dialled?: string;
  /** The caller was connected with a person, any person. */
  readonly isPutThrough?: boolean;
  /**
   * Codes of level error that may occur; any other fails the scenario. Default: 31921, the server closing its
   * stream.
   */
  readonly allowedErrors?: readonly number[];
}

/** A caller as data: what to say and do, and when. */
export interface Scenario {
  readonly name: string;
  readonly description: string;
  readonly turns: readonly ScenarioTurn[];
  readonly expect?: ScenarioExpectation;
  /** The caller hangs up after this time in any case; default 120 s. */
  readonly maxCallMs?: number;
}

export class ScenarioError extends Error {
  override readonly name = 'ScenarioError';
}

const ms = { type: 'integer', minimum: 0, maximum: 3_600_000 };
const one = (name: string, value: object) => ({
  type: 'object',
  properties: { [name]: value },
  required: [name],
  additionalProperties: false,
});

const SCHEMA = {
  type: 'object',
  required: ['name', 'description', 'turns'],
  additionalProperties: false,
  properties: {
    name: { type: 'string', pattern: '^[a-z0-9-]+$' },
    description: { type: 'string' },
    maxCallMs: ms,
    turns: {
      type: 'array',
      items: {
        type: 'object',
        required: ['when', 'do'],
        additionalProperties: false,
        properties: {
          withinMs: ms,
          when: { oneOf: [{ const: 'agent-finished' }, one('afterMs', ms), one('agentSpeakingMs', ms)] },
          do: {
            oneOf: [
              one('say', { type: 'string', minLength: 1 }),
              one('press', { type: 'string', pattern: '^[0-9*#A-D]+$' }),
              one('waitMs', ms),
              one('hangup', { const: true }),
            ],
          },
        },
      },
    },
    expect: {
      type: 'object',
      additionalProperties: false,
      properties: {
        endedBy: { type: 'array', items: { type: 'string' } },
        minAgentTurns: ms,
        maxResponseMs: ms,
        maxInterruptionMs: ms,
        minInterruptions: ms,
        dialled: { type: 'string' },
        isPutThrough: { type: 'boolean' },
        allowedErrors: { type: 'array', items: { type: 'integer' } },
      },
    },
  },
};

const ajv = new Ajv({ allErrors: true });
const validate = ajv.compile<Scenario>(SCHEMA);

/** Checks the content of a scenario file. Throws `ScenarioError` naming every fault. */
export function readScenario(json: unknown): Scenario {
  if (validate(json)) return json;
  throw new ScenarioError(`Not a scenario: ${ajv.errorsText(validate.errors, { dataVar: 'scenario' })}`);
}
