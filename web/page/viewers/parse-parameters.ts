// Files that set a program's parameters: Fortran namelists, KEY = VALUE lines, [sections], and "VALUE  KEY" lines.

export type Parameter = {
  /** Namelist or section that it stands in; "" outside of any. */
  group: string;
  name: string;
  /** As it is written, on one line. */
  value: string;
  line: number;
};

export type ParameterFile = { parameters: readonly Parameter[]; faults: readonly { line: number; what: string }[] };

const keptFaults = 100;
const mostParameters = 100_000;

/**
 * Reads such a file; what cannot be understood is told in `faults` and passed over. Undefined where hardly a line of it sets a
 * parameter: it is some other text.
 */
export function parseParameters(text: string): ParameterFile | undefined {
  const reader = new Reader(text);
  const file = reader.read();
  if (file.parameters.length === 0) return undefined;
  return reader.strange * 4 > file.parameters.length + reader.strange ? undefined : file;
}

const name = String.raw`[A-Za-z_][\w%.$-]*(?:\s*\([\d\s,:*]*\))?(?:%\w+(?:\([\d\s,:*]*\))?)*`;
const assignment = new RegExp(`^\\s*(${name})\\s*=(?!=)\\s*(.*)$`);
const groupStart = /^\s*[&$]\s*([A-Za-z_]\w*)\s*(.*)$/;
const groupEnd = /^\s*(?:\/|[&$]\s*end\b)/i;
const section = /^\s*\[{1,2}([^[\]]+)\]{1,2}\s*$/;
const valueFirst = /^\s*(\S+)\s+([A-Za-z_]\w*)\s*$/;

class Reader {
  /** Lines that are neither blank nor understood. */
  strange = 0;
  private readonly lines: readonly string[];
  private readonly parameters: Parameter[] = [];
  private readonly faults: { line: number; what: string }[] = [];
  private group = "";
  /** Line at which the namelist began that is open; 0: none is. */
  private inNamelist = 0;
  /** The last value was followed by a comma. */
  private comma = false;

  constructor(text: string) {
    this.lines = text.split(/\r\n?|\n/);
  }

  read(): ParameterFile {
    for (const [index, line] of this.lines.entries()) {
      if (this.parameters.length >= mostParameters) {
        this.fault(index + 1, `only the first ${mostParameters} parameters are shown`);
        break;
      }
      this.take(withoutRemark(line, this.inNamelist > 0), index + 1);
    }
    if (this.inNamelist > 0)
      this.fault(this.inNamelist, `&${this.group} is not closed by a slash: the file may be cut off`);
    return { parameters: this.parameters, faults: this.faults };
  }

  private take(line: string, number: number): void {
    if (line.trim() === "") return;
    const start = groupStart.exec(line);
    if (start && !groupEnd.test(line)) {
      if (this.inNamelist > 0) this.fault(this.inNamelist, `&${this.group} is not closed by a slash`);
      this.group = start[1] ?? "";
      this.inNamelist = number;
      this.take(start[2] ?? "", number);
      return;
    }
    if (this.inNamelist > 0) this.takeInNamelist(line, number);
    else this.takeOutside(line, number);
  }

  private takeOutside(line: string, number: number): void {
    const head = section.exec(line);
    if (head) {
      this.group = (head[1] ?? "").trim();
      return;
    }
    const set = assignment.exec(line);
    const reversed = valueFirst.exec(line);
    if (set) this.add(set[1] ?? "", set[2] ?? "", number);
    else if (reversed) this.add(reversed[2] ?? "", reversed[1] ?? "", number);
    else if (!this.continues(line)) {
      this.strange += 1;
      this.fault(number, "this line sets no parameter");
    }
  }

  /** Several may stand on a line of a namelist, and one may go on over several lines. */
  private takeInNamelist(line: string, number: number): void {
    if (groupEnd.test(line)) {
      this.close();
      return;
    }
    const end = outsideQuotes(line).search(/\/\s*$|\/(?=\s*&)|[&$]end\b/i);
    const body = end === -1 ? line : line.slice(0, end);
    const starts = [...outsideQuotes(body).matchAll(new RegExp(`(?:^|[\\s,])(${name})\\s*=(?!=)`, "g"))];
    const before = body.slice(0, starts[0]?.index ?? body.length);
    if (tidy(before) !== "" && !this.appendToLast(before)) {
      this.strange += 1;
      this.fault(number, "this line sets no parameter");
    }
    for (const [index, start] of starts.entries()) {
      const from = start.index + start[0].length;
      this.add(start[1] ?? "", body.slice(from, starts[index + 1]?.index ?? body.length), number);
    }
    if (end !== -1) this.close();
  }

  private close(): void {
    this.group = "";
    this.inNamelist = 0;
  }

  private add(named: string, value: string, line: number): void {
    this.parameters.push({ group: this.group, name: named.replaceAll(/\s+/g, ""), value: tidy(value), line });
    this.comma = endsInComma(value);
  }

  /** Whether the line goes on with a list in brackets that is still open. */
  private continues(line: string): boolean {
    const { value } = this.parameters.at(-1) ?? { value: "" };
    const opened = value.startsWith("[") && value.split("[").length > value.split("]").length;
    return opened && this.appendToLast(line);
  }

  private appendToLast(more: string): boolean {
    const last = this.parameters.at(-1);
    if (last?.group !== this.group) return false;
    const between = last.value === "" || last.value.endsWith("[") ? "" : this.comma ? ", " : " ";
    this.parameters[this.parameters.length - 1] = { ...last, value: `${last.value}${between}${tidy(more)}` };
    this.comma = endsInComma(more);
    return true;
  }

  private fault(line: number, what: string): void {
    if (this.faults.length < keptFaults) this.faults.push({ line, what });
  }
}

/** A value without the blanks around it and the comma that ends it in a namelist. */
const tidy = (value: string): string => value.trim().replace(/,\s*$/, "").trim();

const endsInComma = (value: string): boolean => /,\s*$/.test(value);

/** The line with what stands in quotes blanked out, as long as before. */
const outsideQuotes = (line: string): string =>
  line.replaceAll(/'(?:[^']|'')*'|"(?:[^"]|"")*"/g, (quoted) => "_".repeat(quoted.length));

/** The line up to its remark: ! in a namelist; # and ! elsewhere. */
function withoutRemark(line: string, namelist: boolean): string {
  const at = outsideQuotes(line).search(namelist ? /!/ : /[#!]/);
  return at === -1 ? line : line.slice(0, at);
}
