// A picture that a job made, as an <img> of its bytes: a script in an SVG never runs there.
import Alert from "@cloudscape-design/components/alert";
import { useEffect, useState } from "react";
import "./viewers.css";

type ImageViewProps = { bytes: Uint8Array<ArrayBuffer>; type: string; name: string };

export function ImageView({ bytes, type, name }: ImageViewProps) {
  const [url, setUrl] = useState<string>();
  const [size, setSize] = useState<string>();
  const [broken, setBroken] = useState(false);
  useEffect(() => {
    const made = URL.createObjectURL(new Blob([bytes], { type }));
    setUrl(made);
    setBroken(false);
    return () => URL.revokeObjectURL(made);
  }, [bytes, type]);
  if (broken) return <Alert type="warning">{name} has the name of a picture, but the browser cannot show it.</Alert>;
  return (
    <div className="viewer-image-frame">
      {url && (
        <img
          className="viewer-image"
          src={url}
          alt={size ? `${name}, ${size} pixels` : name}
          onLoad={({ currentTarget: { naturalWidth, naturalHeight } }) => setSize(`${naturalWidth} × ${naturalHeight}`)}
          onError={() => setBroken(true)}
        />
      )}
    </div>
  );
}
