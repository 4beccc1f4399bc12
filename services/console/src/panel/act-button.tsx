import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import { useSession } from '../session/session.ts';
import { useWords } from '../words/index.ts';

interface ActButtonProps {
  /** What the role must include; without it the button is there, disabled, and says why. */
  readonly scope: string;
  readonly isMain?: boolean;
  readonly isBusy?: boolean;
  readonly label?: string;
  readonly onClick: () => void;
  readonly children: ReactNode;
}

/** A button for an act that needs a scope. */
export function ActButton({
  scope,
  isMain = false,
  isBusy = false,
  label,
  onClick,
  children,
}: ActButtonProps) {
  const { may } = useSession();
  const words = useWords().state;
  return (
    <Button
      size={isMain ? 'compact-sm' : 'compact-xs'}
      variant={isMain ? 'filled' : 'default'}
      disabled={!may(scope)}
      loading={isBusy}
      title={may(scope) ? undefined : words.missingScope(scope)}
      aria-label={label}
      onClick={onClick}
    >
      {children}
    </Button>
  );
}
