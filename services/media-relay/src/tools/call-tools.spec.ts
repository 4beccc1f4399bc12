import { describe, expect, it } from '@jest/globals';
import { verifyCallTools } from '@tandem/conversation';
import { TOOL_DECLARATIONS } from '@tandem/tools';

describe('the declared tools', () => {
  it('with place call are all implemented by the session of a call', () => {
    expect(() => verifyCallTools(TOOL_DECLARATIONS)).not.toThrow();
  });
});
