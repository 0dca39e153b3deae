// `npm run bench -- NAME`: measurements, each against a named baseline taken in the same run.
import { cold } from "./cold.ts";
import { journey } from "./journey.ts";
import { page } from "./page.ts";
import { polling } from "./polling.ts";

const benches: Record<string, () => Promise<void>> = { journey, cold, page, polling };

const name = process.argv[2] ?? "";
const bench = benches[name];
if (!bench) {
  console.error(`npm run bench -- NAME, where NAME is one of ${Object.keys(benches).join(", ")}; got "${name}"`);
  process.exitCode = 2;
} else await bench();
