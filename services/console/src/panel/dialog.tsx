import { Modal } from '@mantine/core';
import type { ReactNode } from 'react';
import { useWords } from '../words/index.ts';

interface DialogProps {
  readonly title: string;
  readonly isOpen: boolean;
  readonly size?: 'sm' | 'md' | 'lg';
  readonly onClose: () => void;
  readonly children: ReactNode;
}

/** A dialog. Its head is no banner of the page, which a header element would be. */
export function Dialog({ title, isOpen, size = 'md', onClose, children }: DialogProps) {
  const words = useWords().act;
  return (
    <Modal.Root opened={isOpen} onClose={onClose} size={size} centered={size !== 'lg'}>
      <Modal.Overlay backgroundOpacity={0.45} />
      <Modal.Content>
        <Modal.Header role="presentation">
          <Modal.Title fw={600}>{title}</Modal.Title>
          <Modal.CloseButton aria-label={words.close} />
        </Modal.Header>
        <Modal.Body>{children}</Modal.Body>
      </Modal.Content>
    </Modal.Root>
  );
}
