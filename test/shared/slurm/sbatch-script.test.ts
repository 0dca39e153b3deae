// A person's sbatch script, read as sbatch reads it.
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readOptions } from "../../../shared/slurm/sbatch-getopt.ts";
import { readSbatchScript } from "../../../shared/slurm/sbatch-script.ts";
import { readArray, readMegabytes, readMinutes } from "../../../shared/slurm/sbatch-values.ts";
import { directiveWords } from "../../../shared/slurm/sbatch-words.ts";

const wordsOf = (script: string) => directiveWords(script).words.map((word) => word.text);
const read = (directives: string, ...argv: string[]) =>
  readSbatchScript(`#!/bin/sh\n${directives}\necho\n`, readOptions(argv.map((text) => ({ text }))).options, "job.sh");
const told = (directives: string, ...argv: string[]) =>
  read(directives, ...argv).problems.map(({ line, words }) => `${line ?? "-"}: ${words}`);

describe("#SBATCH lines", () => {
  it("end at the first command, and may have comments and blank lines between them", () => {
    const script =
      "#!/bin/sh\n#SBATCH -n2 --time 5 # as long\n\n  # other\n\t\n#SBATCH-N1\n #SBATCH --qos=x\necho\n#SBATCH -p later\n";
    expect(wordsOf(script)).toEqual(["-n2", "--time", "5", "-N1"]);
    expect(directiveWords(script).words.map((word) => word.line)).toEqual([2, 2, 2, 6]);
  });

  it("take quotes, backslashes and # as sbatch does", () => {
    expect(wordsOf(`#SBATCH --job-name="a \\" b" 'c "d' e\\'f \\#g`)).toEqual([
      '--job-name=a " b',
      'c "d',
      "e'f",
      "#g",
    ]);
    expect(wordsOf("#SBATCH -c\\ 3 --comment=a#b --time=9")).toEqual(["-c", "3", "--comment=a"]);
    expect(wordsOf('#SBATCH --comment "" --time=8\n#SBATCH -N1')).toEqual(["--comment", "-N1"]);
    expect(directiveWords("#SBATCH -J 'a\n#SBATCH -n1").open).toEqual({ line: 1, quote: "'" });
  });

  it("give back whatever words were quoted into them", () => {
    const word = fc.string({ unit: fc.constantFrom("a", " ", "'", '"', "\\", "#", "=", "-", "é", "\t"), minLength: 1 });
    fc.assert(
      fc.property(fc.array(fc.array(word, { maxLength: 5 }), { maxLength: 4 }), (lines) => {
        const quoted = (text: string) => `"${text.replaceAll(/[\\"]/g, "\\$&")}"`;
        const script = lines.map((line) => `#SBATCH ${line.map(quoted).join(" ")}\n# between\n`).join("");
        expect(wordsOf(script)).toEqual(lines.flat());
      }),
    );
  });

  it("never throw, and what comes after the first command changes nothing", () => {
    const piece = fc.constantFrom(
      "#SBATCH",
      "#",
      "\n",
      " ",
      "-n",
      "4",
      "--time=",
      "'",
      '"',
      "\\",
      "x",
      "\r",
      "\0",
      "--array=1-3",
      "%j",
    );
    const text = fc.array(piece, { maxLength: 40 }).map((pieces) => pieces.join(""));
    fc.assert(
      fc.property(text, text, (before, after) => {
        const script = `#!/bin/sh\n${before}\ntrue\n`;
        const whole = readSbatchScript(script, [], "n");
        if (!/[\r\0]/.test(after)) expect(readSbatchScript(`${script}${after}`, [], "n")).toEqual(whole);
      }),
    );
  });
});

describe.skipIf(!existsSync("/usr/bin/sbatch"))("the real sbatch", () => {
  let folder = "";
  beforeAll(() => {
    folder = mkdtempSync(path.join(tmpdir(), "headgate-sbatch-"));
    const conf = [
      "ClusterName=x",
      "SlurmctldHost=localhost(127.0.0.1)",
      "SlurmctldPort=1",
      "SlurmctldTimeout=1",
      "MessageTimeout=1",
      "NodeName=n1 CPUs=2",
      "PartitionName=p Nodes=n1 Default=YES",
    ];
    writeFileSync(path.join(folder, "slurm.conf"), `${conf.join("\n")}\n`);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it("finds the same words in any script", () => {
    const piece = fc.constantFrom(
      "#",
      " ",
      "'",
      '"',
      "\\",
      "x",
      "\t",
      "=",
      "--comment=",
      "-J",
      "\n#SBATCH ",
      "\n",
      "\n\n#SBATCH",
    );
    const scripts = fc.sample(
      fc
        .array(piece, { maxLength: 14 })
        .map((pieces) => `#!/bin/sh\n#SBATCH --comment=${pieces.join("")}\ntrue\n#SBATCH -n7\n`),
      { numRuns: 12, seed: 4 },
    );
    for (const script of scripts) {
      const { words, open } = directiveWords(script);
      const file = path.join(folder, "job.sh");
      writeFileSync(file, script);
      const env = { PATH: process.env.PATH, SLURM_CONF: path.join(folder, "slurm.conf") };
      const { stderr } = spawnSync("sbatch", ["-vvv", "--test-only", file], { env, encoding: "utf8", timeout: 20_000 });
      const seen = [...stderr.matchAll(/Found in script, argument "(.*)"\n/g)].map((found) => found[1]);
      if (open) expect(stderr).toContain(`line ${open.line}: Unmatched`);
      else expect([script, seen]).toEqual([script, words.map((word) => word.text)]);
    }
  });
});

describe("options", () => {
  it("come in every form that sbatch knows", () => {
    const forms =
      "#SBATCH -n4 -c 2\n#SBATCH --time=1:30 --part short\n#SBATCH -AA1 --qos q\n#SBATCH --nodes\n#SBATCH 2";
    expect(read(forms)).toMatchObject({
      problems: [],
      resources: { tasks: 4, cpusPerTask: 2, wallMinutes: 2, partition: "short", account: "A1", qos: "q", nodes: 2 },
    });
  });

  it("become the job's resources, its name, its files, its mail and its array", () => {
    const script = [
      "#SBATCH --job-name=fit --partition=long --account=phys --qos=high",
      "#SBATCH --nodes=2 --ntasks=4 --cpus-per-task=8 --time=1-2:30 --mem-per-cpu=2G",
      "#SBATCH --gres=gpu:a100:2 --constraint='[rack1|rack2]'",
      "#SBATCH --output=logs/%x-%A_%4a.out -e ./%x.err",
      "#SBATCH --mail-user=a@example.org,b@example.org --mail-type=BEGIN,END",
      "#SBATCH --array=1-7:3,20%2",
    ].join("\n");
    expect(read(script)).toEqual({
      command: [],
      problems: [],
      warnings: [{ line: 7, words: "%2 of --array is not heeded: how many run at once is the cluster's to decide" }],
      name: "fit",
      resources: {
        partition: "long",
        account: "phys",
        qos: "high",
        nodes: 2,
        tasks: 4,
        cpusPerTask: 8,
        wallMinutes: 1_590,
        memoryPerCpuMb: 2_048,
        gres: "gpu:a100:2",
        constraint: "[rack1|rack2]",
      },
      output: "logs/fit-%A_%4a.out",
      error: "fit.err",
      mail: { to: ["a@example.org", "b@example.org"], on: ["running", "succeeded", "failed", "cancelled"] },
      array: { indices: [1, 4, 7, 20], step: 3, limit: 2 },
    });
  });

  it("of the command line go before those of the script", () => {
    const asked = read("#SBATCH --time=9 --mem=100 -J a", "-t10", "--mem-per-cpu=5", "--job-name", "b", "--wait");
    expect(asked).toMatchObject({ name: "b", resources: { wallMinutes: 10, memoryPerCpuMb: 5 }, command: ["wait"] });
    expect(asked.resources.memoryMb).toBeUndefined();
    expect(asked.problems).toEqual([]);
  });

  it("start one task on each node where only nodes are named, and count GPUs per node", () => {
    expect(read("#SBATCH -N3 -G6").resources).toEqual({ nodes: 3, tasks: 3, gpus: 2 });
    expect(read("#SBATCH --gpus=v100:2 --gres=fpga:1").resources).toEqual({ gres: "gpu:v100:2,fpga:1" });
    expect(told("#SBATCH -N2 --gpus=3")[0]).toContain("2: --gpus=3 is not accepted; accepted is a number");
  });

  it("name what Slurm knows of a batch script's own step as Slurm does", () => {
    const { output, error, problems } = read("#SBATCH -o %J-%s-%t-%n-%%J.out -e %6J-%8s-%4t-%10n");
    expect([problems, output, error]).toEqual([[], "%j-batch-0-0-%%J.out", "%6j-batch-0000-0000000000"]);
  });

  it("take every kind of mail that Slurm has, and say of which none is sent", () => {
    const { mail, warnings, problems } = read(
      "#SBATCH --mail-type=END,requeue,TIME_LIMIT_80,\n#SBATCH --mail-type=fail",
    );
    expect([problems, mail]).toEqual([[], { on: ["succeeded", "failed", "cancelled"], to: [] }]);
    expect(warnings).toEqual([
      {
        line: 2,
        words: "--mail-type=REQUEUE is not heeded, and no such mail is sent: a job's work is started once",
      },
      {
        line: 2,
        words:
          "--mail-type=TIME_LIMIT_80 is not heeded, and no such mail is sent: a job's end is told of, not that its time is nearly over",
      },
    ]);
    const rest = read("#SBATCH --mail-type=INVALID_DEPEND,STAGE_OUT,TIME_LIMIT_90,TIME_LIMIT_50,ARRAY_TASKS");
    expect([rest.problems, rest.mail, rest.warnings.length]).toEqual([[], undefined, 5]);
    expect(rest.warnings.at(-1)?.words).toContain("of an array one mail is sent");
  });

  it("are refused by line and name where they are not taken", () => {
    expect(told("#SBATCH -n1\n#SBATCH --chdir=/data")).toEqual([
      "3: --chdir is not accepted because a job runs in a folder of its own, where its inputs lie",
    ]);
    expect(told("#\n#SBATCH -d afterok:1 # wait\n#SBATCH --requeue")).toEqual([
      "3: --dependency is not accepted because jobs do not wait for each other; headgate wait waits for one, and then another is submitted",
      "4: --requeue is not accepted because a job's work is started once; another attempt is asked for with --retry",
    ]);
    expect(told("#SBATCH --licenses=x")[0]).toMatch(/^2: --licenses is not accepted; accepted are --account, --array,/);
    expect(told("#SBATCH --wait")).toEqual(["2: --wait is not accepted in a script; it belongs on the command line"]);
    expect(told("#SBATCH --nonsense -%")).toEqual([
      "2: --nonsense is no option of sbatch",
      "2: -% is no option of sbatch",
    ]);
    expect(told("#SBATCH --n=3")[0]).toContain("2: --n may mean any of --network, --nice,");
    expect(told("#SBATCH -n 1 stray -t5")).toEqual(['2: "stray" is no option']);
    expect(told("#SBATCH --time")).toEqual(["2: --time needs a value"]);
    expect(told("", "--chdir=/x")).toEqual([
      "-: --chdir is not accepted because a job runs in a folder of its own, where its inputs lie",
    ]);
  });

  it.each([
    ["--time=5m", "minutes, minutes:seconds"],
    ["--time=UNLIMITED", "together 1 to 525600 minutes"],
    ["--mem=0", "0 (all that a node has) cannot be asked for"],
    ["--mem=1.5G", "a whole number with K, M, G or T"],
    ["--nodes=2-4", "one number of nodes"],
    ["--ntasks=0", "a whole number from 1 to 100000"],
    ["--partition=a,b", "the name of one partition; a list of them is not taken"],
    ["--partition=a:b", "the name of a partition"],
    ["--array=5-1", "indices such as 0-9"],
    ["--array=0-99999", "at most 10000"],
    ["--output=/home/a/out", "a relative name in the job's folder"],
    ["--output=../out", "a relative name"],
    ["--error=%b.err", "%j is the Slurm job id"],
    ["--error=%12J.err", "%j is the Slurm job id"],
    ["--mail-type=END,FROB", "any of NONE, BEGIN, END, FAIL, TIME_LIMIT, ALL, REQUEUE, INVALID_DEPEND"],
    ["--mail-type=", "any of NONE"],
    ["--mail-user=nobody", "1 to 5 addresses"],
    ["--gres=gpu:1;x", "generic resources such as"],
    ["--constraint='a b'", "features such as"],
  ])("are refused by value: %s", (option, accepted) => {
    const [first] = told(`#SBATCH ${option}`);
    expect(first).toContain(`2: ${option.replaceAll("'", "")} is not accepted; accepted is `);
    expect(first).toContain(accepted);
  });

  it.each([
    ["", "-: the script is empty"],
    ["echo\n", "1: the first line must be #!"],
    ["\ufeff#!/bin/sh\necho\n", "1: the file begins with a byte order mark"],
    ["#!/bin/sh\necho\r\n", "2: the line ends as on Windows"],
    ["#!/bin/sh\n\n\0", "3: a NUL byte"],
  ])("are not looked at where sbatch refuses the script itself: %j", (script, words) => {
    const [first] = readSbatchScript(script, [], "n").problems;
    expect(`${first?.line ?? "-"}: ${first?.words}`).toContain(words);
  });
});

describe("values", () => {
  it("of time mean the same in each of Slurm's forms", () => {
    fc.assert(
      fc.property(fc.nat(300), fc.nat(23), fc.nat(59), (days, hours, minutes) => {
        const whole = (days * 24 + hours) * 60 + minutes;
        expect(readMinutes(`${whole}`)).toBe(whole);
        expect(readMinutes(`${whole}:00`)).toBe(whole);
        expect(readMinutes(`${whole}:01`)).toBe(whole + 1);
        expect(readMinutes(`${days * 24 + hours}:${minutes}:00`)).toBe(whole);
        expect(readMinutes(`${days}-${hours}:${minutes}`)).toBe(whole);
        expect(readMinutes(`${days}-${hours}:${minutes}:59`)).toBe(whole + 1);
        expect(readMinutes(`${days}-${hours}`)).toBe(whole - minutes);
      }),
    );
  });

  it("of memory have Slurm's units", () => {
    expect(["7", "4G", "4gb", "1500K", "2T", "100MB", "1.5G", "4P", "G", "4 G"].map(readMegabytes)).toEqual([
      7,
      4_096,
      4_096,
      2,
      2_097_152,
      100,
      ...Array(4).fill(undefined),
    ]);
  });

  it("of an array are its indices, each once, in order", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(400), fc.nat(300), fc.integer({ min: 1, max: 9 })), { minLength: 1, maxLength: 5 }),
        (ranges) => {
          const text = ranges.map(([from, more, step]) => `${from}-${from + more}:${step}`).join(",");
          const expected = new Set<number>();
          for (const [from, more, step] of ranges) for (let at = from; at <= from + more; at += step) expected.add(at);
          expect(readArray(text)?.indices).toEqual([...expected].sort((a, b) => a - b));
        },
      ),
    );
    expect(readArray("3%2")).toEqual({ indices: [3], step: 1, limit: 2 });
    for (const wrong of ["", "a", "1-", "1,,2", "3%0", "0-10:0", "4000001"]) expect(readArray(wrong)).toBeUndefined();
  });
});
