import type { MicrophoneFault } from '../phone/microphone-fault.ts';
import type { PhoneState } from '../phone/softphone.ts';

/** Returns the page's words for a state. */
export function statusText(state: PhoneState): string {
  switch (state.kind) {
    case 'idle':
      return 'Not on a call';
    case 'asking-microphone':
      return 'Waiting for your permission to use the microphone';
    case 'no-microphone':
      return 'No microphone';
    case 'calling':
      return 'Calling';
    case 'waiting':
      return 'In line: all lines are busy';
    case 'connected':
      return 'On the line';
    case 'reconnecting':
      return 'Connection lost, reconnecting';
    case 'transferring':
      return 'The agent is putting you through. From a browser nobody is rung: the agent comes back.';
    case 'over':
      return OVER[state.why];
  }
}

const OVER = {
  'hung-up': 'You hung up',
  ended: 'The call is over',
  refused: 'The call was not taken',
  failed: 'The call broke off',
} as const;

/** The way out of each microphone fault. */
export const MICROPHONE_TEXTS: Readonly<Record<MicrophoneFault, string>> = {
  denied:
    'The browser does not let this page use the microphone. Allow it at the left of the address bar, then ' +
    'call again. Or go on without: you can listen and write.',
  none: 'No microphone was found. Connect one and call again, or go on without: you can listen and write.',
  'in-use':
    'The microphone cannot be opened: another program may be using it, or the system does not let the ' +
    'browser have it. Close the other program and call again, or go on without.',
  insecure:
    'Browsers give a microphone only to pages of this machine (http://localhost) or of https addresses. ' +
    'Open this page under one of them.',
  unsupported:
    'This browser cannot make calls: it has no AudioWorklet. A current Chrome, Edge, Firefox or Safari can.',
  failed: 'The microphone could not be opened. Reload the page and call again, or go on without.',
};

export const INAUDIBLE = 'You hear nothing: the browser has stopped the sound of this page.';
export const SPEAKER_FAILED = 'The loudspeaker cannot be used. Choose another one under Devices.';
export const MICROPHONE_LOST =
  'The microphone is gone. Choose another one under Devices, or connect it again.';

/** @param device the label of the microphone in use */
export function silentMicrophone(device: string): string {
  return (
    `Nothing comes from ${device ? `“${device}”` : 'the microphone'}. Is it switched off, or is another ` +
    'one in use? Choose it under Devices.'
  );
}
