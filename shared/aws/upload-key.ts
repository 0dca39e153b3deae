// Where an upload lies in the inputs bucket.

/** Below its person, so that nobody can name another's. */
export const uploadKey = (person: string, upload: string): string => `uploads/${person}/${upload}`;
