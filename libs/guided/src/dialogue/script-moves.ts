import { say, type DialogueContext, type DialogueStep, type ToolRole } from './dialogue.ts';
import type { Slot } from './tool-results.ts';
import { GOODBYE } from './wording.ts';

type ScriptStep = 'greeting' | 'wish' | 'calendar' | 'offer' | 'booking' | 'end' | 'over';

/** Where the script is. */
export interface ScriptState {
  readonly step: ScriptStep;
  readonly isGreeted: boolean;
  readonly calls: number;
  /** The tool call whose result continues the script. */
  readonly awaited: { readonly callNumber: number; readonly tool: ToolRole } | null;
  readonly slot: Slot | null;
}

export type Step = DialogueStep<ScriptState>;

/** Takes leave, and ends the call where there is a tool for it. */
export function leave(state: ScriptState, context: DialogueContext, ...lead: readonly string[]): Step {
  const words = [...lead, 'This is the end of the demo.', GOODBYE];
  const over: ScriptState = { ...state, step: 'over' };
  if (!context.tools.has('end')) return speak(over, ...words);
  const spoken = speak(over, ...words);
  const callNumber = state.calls + 1;
  return {
    state: { ...spoken.state, calls: callNumber },
    moves: [...spoken.moves, { kind: 'call', callNumber, tool: 'end', arguments: { reason: 'caller-done' } }],
  };
}

/** Calls a tool and speaks meanwhile; its result moves the script on. */
export function call(
  state: ScriptState,
  tool: ToolRole,
  args: Readonly<Record<string, string>>,
  words: readonly string[],
): Step {
  const callNumber = state.calls + 1;
  const spoken = speak({ ...state, calls: callNumber, awaited: { callNumber, tool } }, ...words);
  return {
    state: spoken.state,
    moves: [{ kind: 'call', callNumber, tool, arguments: args }, ...spoken.moves],
  };
}

/** Returns the step that says these sentences, one after the other. */
export function speak(state: ScriptState, ...words: readonly string[]): Step {
  return { state, moves: words.map(say) };
}

/** Does nothing. */
export function quiet(state: ScriptState): Step {
  return { state, moves: [] };
}
