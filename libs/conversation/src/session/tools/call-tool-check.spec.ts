import { describe, expect, it } from '@jest/globals';
import { CallToolsMismatched, verifyCallTools } from './call-tool-check.ts';

const callTool = (name: string) => ({ name, place: 'call' as const });

describe('the tools that run in the call', () => {
  it('stop a relay at start when one has none, and say which file to write', () => {
    const declared = [callTool('end_call'), callTool('send_fax'), { name: 'book', place: 'worker' as const }];
    expect(() => verifyCallTools(declared)).toThrow(CallToolsMismatched);
    expect(() => verifyCallTools(declared)).toThrow(
      'send_fax has place call and no implementation: write it in CALL_TOOLS ' +
        '(libs/conversation/src/session/tools/call-tools.ts)',
    );
  });

  it('are not taken from what every object has', () => {
    expect(() => verifyCallTools([callTool('toString')])).toThrow('toString has place call');
  });
});
