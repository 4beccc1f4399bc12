import { Button, Group, Text } from '@mantine/core';
import { useWords } from '../words/index.ts';
import { Dialog } from './dialog.tsx';
import { FormFault } from './form-fault.tsx';

interface ConfirmProps {
  readonly isOpen: boolean;
  /** Names the object. */
  readonly title: string;
  readonly text: string;
  readonly act: string;
  readonly isBusy: boolean;
  readonly error: unknown;
  readonly onConfirm: () => void;
  readonly onClose: () => void;
}

/** A question before something that cannot be taken back. */
export function Confirm({ isOpen, title, text, act, isBusy, error, onConfirm, onClose }: ConfirmProps) {
  const words = useWords().act;
  return (
    <Dialog isOpen={isOpen} onClose={onClose} title={title}>
      <Text size="sm">{text}</Text>
      <FormFault error={error} />
      <Group justify="flex-end" mt="lg" gap="xs">
        <Button variant="default" onClick={onClose} data-autofocus>
          {words.cancel}
        </Button>
        <Button color="red" loading={isBusy} onClick={onConfirm}>
          {act}
        </Button>
      </Group>
    </Dialog>
  );
}
