/** What is left of the page where a component failed: an apology and a way on. */
import { Component, type ReactNode } from 'react';
import { Button } from '../components/controls';
import { Failure } from '../components/notices';

interface ErrorBoundaryState {
  readonly error: Error | null;
}

export class ErrorBoundary extends Component<{ readonly children: ReactNode }, ErrorBoundaryState> {
  override state: ErrorBoundaryState = { error: null };

  static getDerivedStateFromError(error: Error): ErrorBoundaryState {
    return { error };
  }

  override render() {
    const { error } = this.state;
    if (error === null) return this.props.children;
    return (
      <Failure
        title="This part of the window failed."
        error={{ code: 'INTERNAL', message: error.message, details: {} }}
      >
        <Button onClick={() => this.setState({ error: null })}>Try again</Button>
      </Failure>
    );
  }
}
