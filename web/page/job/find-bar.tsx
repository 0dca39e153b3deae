// The row above a log that finds words in it.
import Button from "@cloudscape-design/components/button";
import Checkbox from "@cloudscape-design/components/checkbox";
import Input from "@cloudscape-design/components/input";
import { sizeWords } from "../words.ts";
import { longestQuery, mostMatches } from "./log-find.ts";
import type { Find } from "./use-find.ts";
import type { Log } from "./use-log.ts";

export function FindBar({ find, log, size }: { find: Find; log: Log; size: number }) {
  const { query, matches, searched } = find;
  const none = matches.length === 0;
  return (
    <search className="find">
      <div className="find-words">
        <Input
          type="search"
          value={query}
          onChange={({ detail }) => find.setQuery(detail.value.slice(0, longestQuery))}
          onKeyDown={(event) => {
            if (event.detail.key !== "Enter") return;
            event.preventDefault();
            find.step(event.detail.shiftKey ? -1 : 1);
          }}
          placeholder="Find in the log"
          ariaLabel="Find in the log"
          clearAriaLabel="Clear"
        />
      </div>
      <Button iconName="angle-up" ariaLabel="Previous match" disabled={none} onClick={() => find.step(-1)} />
      <Button iconName="angle-down" ariaLabel="Next match" disabled={none} onClick={() => find.step(1)} />
      <Checkbox checked={find.matchCase} onChange={({ detail }) => find.setMatchCase(detail.checked)}>
        Match case
      </Checkbox>
      <span className="find-count" role="status">
        {query !== "" &&
          (searched === undefined ? count(find, log) : `Searched ${sizeWords(searched)} of ${sizeWords(size)}`)}
      </span>
      {query !== "" &&
        (searched !== undefined ? (
          <Button onClick={find.stop}>Stop the search</Button>
        ) : (
          <>
            {log.more.earlier && <Button onClick={() => find.further("earlier")}>Search earlier</Button>}
            {log.more.later && <Button onClick={() => find.further("later")}>Search later</Button>}
          </>
        ))}
    </search>
  );
}

function count({ matches, number, outcome }: Find, { more }: Log): string {
  if (outcome !== undefined) return outcome;
  const where = more.earlier || more.later ? " in what is loaded" : "";
  if (matches.length === 0) return `Not found${where}`;
  return `${number.toLocaleString("en")} of ${matches.length.toLocaleString("en")}${matches.length === mostMatches ? " or more" : ""}${where}`;
}
