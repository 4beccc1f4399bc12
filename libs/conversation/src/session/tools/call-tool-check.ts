import type { ToolDeclaration } from '@tandem/contracts';
import { CALL_TOOLS } from './call-tools.ts';

/** A declared call tool has no implementation. */
export class CallToolsMismatched extends Error {
  override readonly name = 'CallToolsMismatched';
}

/**
 * A check for the start of a relay: every declared tool with place `call` has an implementation.
 * @throws CallToolsMismatched with what to write, and where
 */
export function verifyCallTools(
  declarations: readonly Pick<ToolDeclaration, 'name' | 'place'>[],
  implementations: Readonly<Record<string, unknown>> = CALL_TOOLS,
): void {
  const missing = declarations.filter(
    ({ name, place }) => place === 'call' && !Object.hasOwn(implementations, name),
  );
  if (missing.length === 0) return;
  const faults = missing.map(
    ({ name }) =>
      `  - ${name} has place call and no implementation: write it in CALL_TOOLS ` +
      '(libs/conversation/src/session/tools/call-tools.ts), or declare it with place worker',
  );
  throw new CallToolsMismatched(`Tools and the session do not match:\n${faults.join('\n')}`);
}
