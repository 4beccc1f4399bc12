import { Ajv2020 } from 'ajv/dist/2020.js';
import type { Behaviour } from './behaviour.ts';
import { echo } from './echo.ts';
import { guided, type GuidedOptions } from './guided.ts';
import { scripted, type ScriptedOptions } from './scripted.ts';
import { tone } from './tone.ts';

/** A behaviour as data, for the command line and the control port. */
export type BehaviourSpec =
  | ({ readonly kind: 'scripted' } & ScriptedOptions)
  | ({ readonly kind: 'guided' } & GuidedOptions)
  | { readonly kind: 'echo'; readonly firstByteMs?: number }
  | { readonly kind: 'tone'; readonly toneMs?: number; readonly firstByteMs?: number };

export const BEHAVIOUR_KINDS = ['scripted', 'guided', 'echo', 'tone'] as const;

const text = { type: 'string', maxLength: 20_000 };
const ms = { type: 'number', minimum: 0, maximum: 600_000 };

const CALL = {
  type: 'object',
  properties: { name: text, server: text, arguments: { anyOf: [text, { type: 'object' }] } },
  required: ['name'],
  additionalProperties: false,
};

const TURN = {
  type: 'object',
  properties: {
    say: text,
    call: { anyOf: [CALL, { type: 'array', items: CALL }] },
    then: { $ref: '#/$defs/turn' },
    firstByteMs: ms,
    delayMs: ms,
    ifHeard: text,
    ifInstructions: text,
    ifToolOutput: text,
    ifOutputContains: text,
    repeats: { type: 'boolean' },
  },
  additionalProperties: false,
};

const SCHEMAS: Record<BehaviourSpec['kind'], object> = {
  scripted: {
    type: 'object',
    properties: {
      kind: { const: 'scripted' },
      turns: { type: 'array', items: { $ref: '#/$defs/turn' } },
      otherwise: text,
    },
    required: ['kind', 'turns'],
    additionalProperties: false,
    $defs: { turn: TURN },
  },
  guided: {
    type: 'object',
    properties: {
      kind: { const: 'guided' },
      greeting: text,
      firstByteMs: ms,
      caller: {
        type: 'object',
        properties: { name: text, phone: text, service: text, date: text, time: text },
        additionalProperties: false,
      },
    },
    required: ['kind'],
    additionalProperties: false,
  },
  echo: {
    type: 'object',
    properties: { kind: { const: 'echo' }, firstByteMs: ms },
    required: ['kind'],
    additionalProperties: false,
  },
  tone: {
    type: 'object',
    properties: { kind: { const: 'tone' }, toneMs: { ...ms, minimum: 20 }, firstByteMs: ms },
    required: ['kind'],
    additionalProperties: false,
  },
};

const ajv = new Ajv2020({ strict: false });
const validators = new Map(Object.entries(SCHEMAS).map(([kind, schema]) => [kind, ajv.compile(schema)]));

/** Returns the fault of a behaviour in external data, or null. */
export function behaviourSpecProblem(value: unknown): string | null {
  const kind = typeof value === 'object' && value !== null && 'kind' in value ? String(value.kind) : '';
  const validate = validators.get(kind);
  if (!validate) return `kind must be one of ${BEHAVIOUR_KINDS.join(', ')}`;
  if (validate(value)) return null;
  return (validate.errors ?? [])
    .map((error) => `${error.instancePath.slice(1) || 'behaviour'} ${error.message ?? error.keyword}`)
    .join('; ');
}

/** The behaviour a checked spec describes. */
export function behaviourFrom(spec: BehaviourSpec): Behaviour {
  switch (spec.kind) {
    case 'scripted':
      return scripted(spec);
    case 'guided':
      return guided(spec);
    case 'echo':
      return echo(spec);
    case 'tone':
      return tone(spec);
  }
}
