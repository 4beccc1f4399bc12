import { expect } from '@jest/globals';
import { CALLER, type RunningPlatform } from './running-platform.ts';

/** Asserts that what the services logged holds no phone number, no word of a call and no secret. */
export function expectPrivateLogs({ lines, stack }: RunningPlatform): void {
  const logs = lines.join('\n');
  expect(logs.length).toBeGreaterThan(1_000);
  for (const secret of [
    CALLER,
    CALLER.slice(2),
    'Alex Morgan',
    'plumber please',
    stack.twilioAuthToken,
    stack.secrets.tandemSecret,
    stack.secrets.demoApiKey,
    'sk-test',
  ]) {
    expect(logs).not.toContain(secret);
  }
}
