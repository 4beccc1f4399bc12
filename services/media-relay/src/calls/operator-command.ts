import type { RelayCommand } from '@tandem/call-state';
import type { CallSession } from '@tandem/conversation';

/** Executes an operator's command on a running call, and returns its outcome. */
export function applyCommand(session: CallSession, command: RelayCommand): string {
  switch (command.kind) {
    case 'transfer':
      return session.putThrough(command).status;
    case 'change':
      session.change(command.change);
      return 'ok';
    case 'recording':
      session.pauseRecording(command.state === 'paused');
      return 'ok';
    case 'end':
      session.sayGoodbye();
      return 'ok';
  }
}
