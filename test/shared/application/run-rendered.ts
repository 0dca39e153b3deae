// Runs a rendered job for real: a member's folder as the head node lays it out, the script under /bin/sh in work.
import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { type JobRequest, renderJob } from "../../../shared/application/applications.ts";

type Ran = { code: number; stdout: string; stderr: string; work: string; made: string[] };

/** Renders and runs a request; `inputs` are names and bodies. The folder is removed when the returned value is disposed. */
export async function runRendered(
  request: Omit<JobRequest, "inputs" | "resources"> & {
    inputs: Record<string, string | Uint8Array>;
    path?: string;
    env?: Record<string, string>;
  },
): Promise<Ran & Disposable> {
  const rendered = renderJob({ ...request, resources: {}, inputs: Object.keys(request.inputs) });
  const top = mkdtempSync(path.join(tmpdir(), "headgate-application-"));
  const member = path.join(top, "members", "0");
  const work = path.join(member, "work");
  mkdirSync(work, { recursive: true });
  for (const [name, body] of Object.entries(request.inputs)) {
    mkdirSync(path.dirname(path.join(work, name)), { recursive: true });
    writeFileSync(path.join(work, name), body);
  }
  for (const [name, body] of Object.entries(rendered.files)) writeFileSync(path.join(member, name), body);
  writeFileSync(path.join(top, "script"), rendered.script);
  const env = { PATH: request.path ?? "/usr/local/bin:/usr/bin:/bin", HOME: top, LANG: "C.UTF-8", ...request.env };
  const ran = await new Promise<Pick<Ran, "code" | "stdout" | "stderr">>((resolve) => {
    const done = (fault: Error | null, stdout: string, stderr: string) => {
      const code = fault ? Number((fault as { code?: unknown }).code ?? -1) : 0;
      resolve({ code, stdout, stderr });
    };
    execFile(
      "/bin/sh",
      [path.join(top, "script")],
      { cwd: work, env, maxBuffer: 32 * 1024 ** 2, timeout: 60_000 },
      done,
    ).stdin?.end();
  });
  const made = readdirSync(work, { recursive: true, encoding: "utf8" }).sort();
  return { ...ran, work, made, [Symbol.dispose]: () => rmSync(top, { recursive: true, force: true }) };
}
