// A button that copies a text and says so.
import CopyToClipboard from "@cloudscape-design/components/copy-to-clipboard";

/** `what` names it for people: "the job's id". */
export function CopyButton({ text, what }: { text: string; what: string }) {
  return (
    <CopyToClipboard
      variant="icon"
      textToCopy={text}
      copyButtonAriaLabel={`Copy ${what}`}
      copySuccessText="Copied"
      copyErrorText="The browser did not let it be copied"
    />
  );
}
