/** Why there is no microphone. Each has its own way out, which the page tells. */
export type MicrophoneFault =
  /** The caller or the browser's settings said no. */
  | 'denied'
  /** No microphone is connected. */
  | 'none'
  /** Another program holds it, or the system does not let the browser have it. */
  | 'in-use'
  /** The page is neither on https nor on this machine, so browsers give no microphone at all. */
  | 'insecure'
  /** The browser lacks what the softphone needs. */
  | 'unsupported'
  | 'failed';

/** Abilities that decide whether audio can work at all. */
export interface BrowserAbilities {
  readonly isSecure: boolean;
  readonly hasMediaDevices: boolean;
  readonly hasWorklet: boolean;
}

/** Returns what makes the softphone impossible here; null when nothing does. */
export function missingAbility({
  isSecure,
  hasMediaDevices,
  hasWorklet,
}: BrowserAbilities): 'insecure' | 'unsupported' | null {
  if (!isSecure) return 'insecure';
  return hasMediaDevices && hasWorklet ? null : 'unsupported';
}

/** Names of the exceptions of getUserMedia: https://www.w3.org/TR/mediacapture-streams/#dom-mediadevices-getusermedia */
const BY_NAME: Readonly<Record<string, MicrophoneFault>> = {
  NotAllowedError: 'denied',
  SecurityError: 'denied',
  NotFoundError: 'none',
  OverconstrainedError: 'none',
  NotReadableError: 'in-use',
  AbortError: 'in-use',
};

/** Returns what an exception of getUserMedia means. */
export function microphoneFaultOf(error: unknown): MicrophoneFault {
  const name = typeof error === 'object' && error !== null && 'name' in error ? String(error.name) : '';
  return BY_NAME[name] ?? 'failed';
}
