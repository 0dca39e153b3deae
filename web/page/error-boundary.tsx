// Where a view breaks, or its part of the page cannot be loaded: said in place of the view, with a way on.
import Alert from "@cloudscape-design/components/alert";
import Button from "@cloudscape-design/components/button";
import { Component, type ReactNode } from "react";

type State = { error?: unknown };

export class ErrorBoundary extends Component<{ children: ReactNode }, State> {
  override state: State = {};

  static getDerivedStateFromError(error: unknown): State {
    return { error };
  }

  override render() {
    const { error } = this.state;
    if (error === undefined) return this.props.children;
    return (
      <Alert
        type="error"
        header="This page cannot be shown"
        action={<Button onClick={() => location.reload()}>Load it again</Button>}
      >
        {/import|fetch|load/i.test(String(error))
          ? "A part of it could not be loaded: the network is away, or a newer version of Headgate has been installed."
          : `Something went wrong in the page itself: ${error instanceof Error ? error.message : String(error)}`}
      </Alert>
    );
  }
}
