// The sign-in pages as plain HTML: sign in, sign up, confirm, forgotten password.

/** What an authorisation request carries from page to page. */
export type Carried = Record<string, string>;

const html = (text: string): string => text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);

const style = `:root{color-scheme:light dark;--ink:#1b1f24;--paper:#fff;--line:#8a94a0;--blue:#0b5cad;--on-blue:#fff;--wrong:#a11}
@media(prefers-color-scheme:dark){:root{--ink:#e6e9ed;--paper:#14171b;--line:#7d8793;--blue:#7db7f0;--on-blue:#0d1116;--wrong:#ff9d96}}
body{font:16px/1.5 system-ui,sans-serif;max-width:22rem;margin:10vh auto;padding:0 1rem;color:var(--ink);background:var(--paper)}
label{display:block;margin:.8rem 0}input{display:block;width:100%;box-sizing:border-box;font:inherit;padding:.45rem .6rem;color:inherit;background:none;border:1px solid var(--line);border-radius:4px}
button{font:inherit;padding:.5rem 1.2rem;border:0;border-radius:4px;background:var(--blue);color:var(--on-blue);cursor:pointer}a{color:var(--blue)}.wrong{color:var(--wrong)}`;

type Field = { name: string; label: string; type: string; complete: string; value?: string };
const email = (value = ""): Field => ({
  name: "username",
  label: "E-mail",
  type: "email",
  complete: "username",
  value,
});
const password = (name: string, label: string, complete: string): Field => ({
  name,
  label,
  type: "password",
  complete,
});
const code: Field = { name: "code", label: "Code from the mail", type: "text", complete: "one-time-code" };

export type PageName = "login" | "signup" | "confirm" | "forgot" | "reset";
const pages: Record<
  PageName,
  { title: string; button: string; fields: (username?: string) => Field[]; links: [PageName, string][] }
> = {
  login: {
    title: "Sign in",
    button: "Sign in",
    fields: (username) => [email(username), password("password", "Password", "current-password")],
    links: [
      ["signup", "Create an account"],
      ["forgot", "Forgot the password?"],
    ],
  },
  signup: {
    title: "Create an account",
    button: "Create",
    fields: (username) => [email(username), password("password", "Password", "new-password")],
    links: [["login", "Sign in"]],
  },
  confirm: {
    title: "Confirm your e-mail address",
    button: "Confirm",
    fields: (username) => [email(username), code],
    links: [["login", "Sign in"]],
  },
  forgot: {
    title: "Forgotten password",
    button: "Send a code",
    fields: (username) => [email(username)],
    links: [["login", "Sign in"]],
  },
  reset: {
    title: "New password",
    button: "Set the password",
    fields: (username) => [email(username), code, password("password", "New password", "new-password")],
    links: [["login", "Sign in"]],
  },
};

/** One page. What it carries goes along in hidden fields and links. */
export function signInPage(
  name: PageName,
  o: { carried: Carried; username?: string | undefined; wrong?: string | undefined; note?: string | undefined },
): string {
  const { title, button, fields, links } = pages[name];
  const query = new URLSearchParams(o.carried).toString();
  const input = ({ name: id, label, type, complete, value = "" }: Field) =>
    `<label>${label}<input name="${id}" type="${type}" autocomplete="${complete}" value="${html(value)}" required></label>`;
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><link rel="icon" href="data:,"><title>${title}</title><style>${style}</style></head>
<body><main><h1>${title}</h1>
${o.note === undefined ? "" : `<p>${html(o.note)}</p>`}
${o.wrong === undefined ? "" : `<p class="wrong" role="alert">${html(o.wrong)}</p>`}
<form method="post" action="/${name}">
${Object.entries(o.carried)
  .map(([key, value]) => `<input type="hidden" name="${html(key)}" value="${html(value)}">`)
  .join("\n")}
${fields(o.username).map(input).join("\n")}
<button>${button}</button></form>
${links.map(([to, label]) => `<p><a href="/${to}?${html(query)}">${label}</a></p>`).join("\n")}
</main></body></html>`;
}
