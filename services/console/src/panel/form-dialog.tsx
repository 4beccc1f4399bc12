import { Button, Group, Stack } from '@mantine/core';
import type { FormEvent, ReactNode } from 'react';
import { useWords } from '../words/index.ts';
import { Dialog } from './dialog.tsx';
import { FormFault } from './form-fault.tsx';

interface FormDialogProps {
  readonly title: string;
  readonly isOpen: boolean;
  readonly act?: string;
  readonly isBusy: boolean;
  readonly error: unknown;
  /** Fields that show their own faults. */
  readonly fields: readonly string[];
  readonly onSubmit: () => void;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

/** A form in a dialog: what is wrong stands beside its field, the rest above the buttons. */
export function FormDialog(props: FormDialogProps) {
  const { title, isOpen, act, isBusy, error, fields, onSubmit, onClose, children } = props;
  const words = useWords().act;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onSubmit();
  };
  return (
    <Dialog isOpen={isOpen} onClose={onClose} title={title} size="lg">
      <form onSubmit={submit}>
        <Stack gap="sm">
          {children}
          <FormFault error={error} fields={fields} />
          <Group justify="flex-end" gap="xs" mt="xs">
            <Button variant="default" onClick={onClose}>
              {words.cancel}
            </Button>
            <Button type="submit" loading={isBusy}>
              {act ?? words.save}
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}
