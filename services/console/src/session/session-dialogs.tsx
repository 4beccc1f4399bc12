import { Button, Group, Text } from '@mantine/core';
import { useEffect, useState, useSyncExternalStore } from 'react';
import { gate } from '../api/gate.ts';
import { Dialog } from '../panel/dialog.tsx';
import { useWords } from '../words/index.ts';
import { SignInForm } from './sign-in-form.tsx';
import { useSession } from './session.ts';

const CHECK_MS = 15_000;
const MINUTE_MS = 60_000;
/** WCAG 2.2.1 asks for a warning before a limit; a sign-in takes a while. */
const WARN_MS = 2 * MINUTE_MS;

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

/** Says that the session ends soon, whatever is done, with the way to go on. */
export function ExpiryWarning() {
  const words = useWords().session;
  const { expiresAt } = useSession();
  const leftMs = useTimeLeft(expiresAt ?? null);
  if (leftMs === null || leftMs > WARN_MS) return null;
  return (
    <Group role="status" className="notice" gap="sm">
      <Text size="sm">{words.expiring(Math.max(1, Math.ceil(leftMs / MINUTE_MS)))}</Text>
      <Button size="compact-xs" variant="default" onClick={() => void gate.wait('sign-in')}>
        {words.stay}
      </Button>
    </Group>
  );
}

function useTimeLeft(until: string | null): number | null {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), CHECK_MS);
    return () => clearInterval(timer);
  }, []);
  return until === null ? null : Date.parse(until) - now;
}
