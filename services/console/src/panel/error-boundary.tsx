import { Button, Stack, Text } from '@mantine/core';
import { Component, type ReactNode } from 'react';
import { WordsContext, type Words } from '../words/index.ts';

interface BoundaryProps {
  readonly children: ReactNode;
}
interface BoundaryState {
  readonly isBroken: boolean;
}

/** Keeps a fault of one part of the page to that part. */
export class ErrorBoundary extends Component<BoundaryProps, BoundaryState> {
  static override contextType = WordsContext;
  declare context: Words;
  override state: BoundaryState = { isBroken: false };

  static getDerivedStateFromError(): BoundaryState {
    return { isBroken: true };
  }

  override render(): ReactNode {
    if (!this.state.isBroken) return this.props.children;
    const words = this.context.state;
    return (
      <Stack gap="xs" align="center" className="state" role="alert">
        <Text size="sm">{words.broke}</Text>
        <Button size="compact-sm" variant="default" onClick={() => this.setState({ isBroken: false })}>
          {words.reload}
        </Button>
      </Stack>
    );
  }
}
