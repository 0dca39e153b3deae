// The clock, so that tests may set it.

export type Clock = () => Date;

export const clock: Clock = () => new Date();

/** An instant as it is kept and shown: ISO 8601 in UTC with milliseconds. */
export const iso = (at: Date): string => at.toISOString();
