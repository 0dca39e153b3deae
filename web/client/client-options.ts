// How a client reaches the API.

export type ClientOptions = {
  /** Where the API answers: "https://abc.execute-api.eu-west-1.amazonaws.com"; "" for the page's own origin. */
  origin: string;
  /** The bearer token to send, asked for before each request; undefined: none. */
  token?: () => string | undefined | Promise<string | undefined>;
};
