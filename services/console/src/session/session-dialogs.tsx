import { Text } from '@mantine/core';
import { useSyncExternalStore } from 'react';
import { gate } from '../api/gate.ts';
import { Dialog } from '../panel/dialog.tsx';
import { useWords } from '../words/index.ts';
import { SignInForm } from './sign-in-form.tsx';

/** Asks for a sign-in, or the password once more, while requests wait for it. */
export function SessionDialogs() {
  const words = useWords().session;
  const demand = useSyncExternalStore(gate.subscribe, gate.current);
  const isConfirm = demand === 'confirm';
  return (
    <Dialog
      isOpen={demand !== null}
      onClose={() => gate.settle(false)}
      title={isConfirm ? words.confirmTitle : words.againTitle}
      size="sm"
    >
      <Text size="sm" mb="md">
        {isConfirm ? words.confirm : words.again}
      </Text>
      {demand !== null && <SignInForm purpose={demand} onDone={() => gate.settle(true)} key={demand} />}
    </Dialog>
  );
}
