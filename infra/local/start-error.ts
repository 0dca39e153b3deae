// What keeps the local cloud from starting and what the person at the terminal can mend: its message says all of it.

export class StartError extends Error {
  override readonly name = "StartError" as const;
}
