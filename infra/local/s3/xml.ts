// The little XML that S3 speaks: written by templates, read into a tree of named elements.

/** Escapes text for XML so that a reader gets the same characters back, line ends included. */
export function escapeXml(text: string): string {
  return text.replace(/[&<>"'\p{Cc}\u2028\ufffe\uffff]/gu, (c) => {
    if (c === "&") return "&amp;";
    if (c === "<") return "&lt;";
    if (c === ">") return "&gt;";
    if (c === '"') return "&quot;";
    if (c === "'") return "&apos;";
    return `&#x${c.charCodeAt(0).toString(16).toUpperCase()};`;
  });
}

/** `<name>text</name>` with the text escaped. */
export function element(name: string, text: string | number | boolean): string {
  return `<${name}>${escapeXml(String(text))}</${name}>`;
}

/** A whole document around inner XML that is already escaped. */
export function xmlDocument(root: string, inner: string, namespace = true): string {
  const xmlns = namespace ? ' xmlns="http://s3.amazonaws.com/doc/2006-03-01/"' : "";
  return `<?xml version="1.0" encoding="UTF-8"?>\n<${root}${xmlns}>${inner}</${root}>`;
}

export type XmlElement = { name: string; text: string; children: XmlElement[] };

const named = new Map(Object.entries({ amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" }));

function unescapeXml(text: string): string {
  return text.replace(/&(#x[0-9a-fA-F]{1,6}|#[0-9]{1,7}|[a-z]+);/g, (whole, entity: string) => {
    if (!entity.startsWith("#")) return named.get(entity) ?? whole;
    const point = entity.startsWith("#x") ? Number.parseInt(entity.slice(2), 16) : Number.parseInt(entity.slice(1), 10);
    if (point > 0x10ffff) throw new Error(`character reference ${whole} is beyond Unicode`);
    return String.fromCodePoint(point);
  });
}

/** Reads a document without DTDs; prefixes are dropped from names. Throws an Error on anything malformed. */
export function parseXml(source: string): XmlElement {
  const root: XmlElement = { name: "", text: "", children: [] };
  const open = [root];
  // XML's own rule: a literal CR LF or CR is read as LF.
  const text = source.replace(/^\ufeff/, "").replace(/\r\n?/g, "\n");
  const token =
    /<\?[\s\S]*?\?>|<!--[\s\S]*?-->|<!\[CDATA\[([\s\S]*?)\]\]>|<(\/?)([A-Za-z_][\w.:-]*)([^<>]*?)(\/?)>|([^<]+)/gy;
  while (token.lastIndex < text.length) {
    const at = token.lastIndex;
    const match = token.exec(text);
    if (!match) throw new Error(`not well-formed at character ${at}`);
    const [, cdata, closing, tag, , selfClosing, characters] = match;
    const top = open.at(-1) ?? root;
    if (cdata !== undefined) top.text += cdata;
    else if (characters !== undefined) top.text += unescapeXml(characters);
    else if (tag !== undefined) {
      const name = tag.slice(tag.indexOf(":") + 1);
      if (closing) {
        if (top.name !== name || open.length === 1) throw new Error(`</${tag}> closes nothing`);
        open.pop();
      } else {
        const child: XmlElement = { name, text: "", children: [] };
        top.children.push(child);
        if (!selfClosing) open.push(child);
      }
    }
  }
  const [first, second] = root.children;
  if (open.length !== 1 || !first || second || root.text.trim() !== "") throw new Error("expected one root element");
  return first;
}

/** The text of the first child with this name. */
export function childText(parent: XmlElement, name: string): string | undefined {
  return parent.children.find((child) => child.name === name)?.text;
}
