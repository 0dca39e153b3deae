// The account's part of the program on its own, as it is unpacked beside the bundle.
import { serveAccount } from "./account/serve.ts";

process.umask(0o077);
serveAccount();
