// A piece of code to take away: shown as it is, with a button that copies it.
import Box from "@cloudscape-design/components/box";
import CopyToClipboard from "@cloudscape-design/components/copy-to-clipboard";
import "./snippet.css";

type SnippetProps = { title: string; code: string; language: "shell" | "python" | "json" | "text" };

export function Snippet({ title, code, language }: SnippetProps) {
  return (
    <div className="snippet">
      <div className="snippet-head">
        <Box variant="awsui-key-label">{title}</Box>
        <CopyToClipboard
          variant="icon"
          textToCopy={code}
          copyButtonAriaLabel={`Copy ${title}`}
          copySuccessText={`${title} copied`}
          copyErrorText={`${title} could not be copied`}
        />
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <section className="snippet-code" tabIndex={0} aria-label={title} data-language={language}>
        <pre>
          <code>{code}</code>
        </pre>
      </section>
    </div>
  );
}
