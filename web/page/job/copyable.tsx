// A word that one wants to take elsewhere: shown as code, with a button that copies it.
import CopyToClipboard from "@cloudscape-design/components/copy-to-clipboard";

/** `bare`: the button alone. */
export function Copyable({ text, what, bare }: { text: string; what: string; bare?: boolean }) {
  return (
    <CopyToClipboard
      variant="inline"
      textToCopy={text}
      textToDisplay={bare ? "" : <code className="job-path">{text}</code>}
      copyButtonAriaLabel={`Copy ${what}`}
      copySuccessText="Copied"
      copyErrorText="The browser does not let it be copied"
    />
  );
}
