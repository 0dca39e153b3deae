// The files of a job as they lie on this machine: named ones, and whole folders with their names relative to them.
import { lstatSync, readdirSync, type Stats, statSync } from "node:fs";
import path from "node:path";
import { fileNameFault } from "../../shared/contract/id.ts";
import { clashingNames } from "../../shared/contract/input-names.ts";
import { maxUploadBytes } from "../../shared/contract/upload.ts";
import { CliError } from "./cli-error.ts";

export type InputFile = {
  /** Where it lies here. */
  path: string;
  /** Its name in the job's folder. */
  name: string;
  size: number;
};

const maxInputs = 1_000;

/**
 * Every file of the arguments: a file by its own name, a folder's by the folder's name and their way in it ("." and ".."
 * have none). `leftOut` is told of what is neither. Throws CliError for what cannot be read or named.
 */
export function listInputs(given: readonly string[], leftOut: (path: string, why: string) => void): InputFile[] {
  const files: InputFile[] = [];
  const walk = (at: string, name: string, named: boolean) => {
    const stats = look(at);
    if (stats.isFile()) files.push({ path: at, name, size: stats.size });
    else if (stats.isDirectory()) {
      // a link to a folder may lead round in a circle
      if (!named && lstatSync(at).isSymbolicLink()) return leftOut(at, "it is a link to a folder");
      for (const entry of readdirSync(at).sort())
        walk(path.join(at, entry), name === "" ? entry : `${name}/${entry}`, false);
    } else if (named) throw new CliError("usage", `${at} is neither a file nor a folder`);
    else leftOut(at, "it is neither a file nor a folder");
    if (files.length > maxInputs) throw new CliError("usage", `more than ${maxInputs} files; put them into an archive`);
  };
  for (const argument of given) {
    const tidy = path.normalize(argument);
    const nameless = /^(\.\.?\/)*\.{0,2}\/?$/.test(tidy) || tidy === path.sep;
    walk(argument, nameless ? "" : path.basename(tidy), true);
  }
  checkNames(files);
  return files;
}

function look(at: string): Stats {
  try {
    return statSync(at);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new CliError("usage", code === "ENOENT" ? `there is no file ${at}` : `${at} cannot be read: ${message}`, {
      cause: error,
    });
  }
}

function checkNames(files: readonly InputFile[]): void {
  for (const { path: at, name, size } of files) {
    const fault = fileNameFault(name);
    if (fault) throw new CliError("usage", `${at} cannot be an input; accepted is ${fault}`);
    if (size > maxUploadBytes)
      throw new CliError("usage", `${at} has ${size} bytes; accepted are at most ${maxUploadBytes}`);
  }
  const [clash] = clashingNames(files.map(({ name }) => name));
  if (clash)
    throw new CliError(
      "usage",
      `two of the files would be ${clash.value} in the job's folder; accepted is ${clash.accepted}`,
    );
}
