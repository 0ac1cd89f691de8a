// A browser without script: keeps cookies, fills in forms, follows redirects and refreshes as far as the site itself.

const unescape = (text) =>
  text.replace(/&#(\d+);/g, (_, code) => String.fromCharCode(code)).replaceAll("&quot;", '"').replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">").replaceAll("&amp;", "&");

/** Somebody at the site that lies at `address`. */
export class Browser {
  constructor(address) {
    this.address = address;
    this.cookies = new Map();
  }

  /** Reads an address, and goes on as it is led; gives the page, or where it was led outside. */
  async get(address) {
    return this.#go("GET", address);
  }

  /** Sends a form of the page that was read last, with what it holds already; of a site of others without our token. */
  async send(action, fields, csrf = this.field("csrf")) {
    const form = new URLSearchParams();
    if (csrf) form.set("csrf", csrf);
    for (const [name, value] of Object.entries(fields)) {
      for (const one of [value].flat()) form.append(name, one);
    }
    return this.#go("POST", action, form);
  }

  /** The value of a hidden field of the page that was read last. */
  field(name) {
    const found = this.page.match(new RegExp(`name="${name}" value="([^"]*)"`));
    if (!found) throw new Error(`no field ${name} in ${this.page}`);
    return unescape(found[1]);
  }

  /** Signs in by the form. */
  async signIn(login, password = "yiwang-demo-1", next = "") {
    await this.get(`/login?next=${encodeURIComponent(next)}`);
    return this.send("/login", { login, password, next });
  }

  async #go(method, address, body) {
    for (let hops = 0; hops < 10; hops += 1) {
      const url = new URL(address, this.address);
      if (url.origin !== new URL(this.address).origin) return { outside: url, status: 0, page: "" };
      const headers = { cookie: [...this.cookies].map((it) => it.join("=")).join("; ") };
      const answer = await fetch(url, { method, body, headers, redirect: "manual" });
      for (const cookie of answer.headers.getSetCookie()) {
        const [, name, value] = cookie.match(/^([^=]+)=([^;]*)/);
        if (value === "") this.cookies.delete(name);
        else this.cookies.set(name, value);
      }
      this.page = await answer.text();
      const refresh = this.page.match(/http-equiv="refresh" content="0;url=([^"]*)"/);
      const on = answer.headers.get("location") ?? (refresh && unescape(refresh[1]));
      if (!on) return { status: answer.status, page: this.page, outside: null };
      [method, address, body] = ["GET", on, undefined];
    }
    throw new Error(`led around in circles: ${address}`);
  }
}

/**
 * Registers a system at the desk, as an administrator does.
 * @returns its client id, and its secret if it has one
 */
export async function register(desk, fields) {
  await desk.get("/desk/clients/new");
  const key = desk.field("key");
  const done = await desk.send("/desk/clients", { key, kind: "web", scopes: "openid", ...fields });
  const secret = done.page.match(/yw_cs_[\w-]+/)?.[0] ?? "";
  const id = done.page.match(/<span class="code">([0-9a-f]{32})<\/span>/)?.[1];
  if (!id) throw new Error(`not registered (${done.status}): ${done.page}`);
  return { id, secret };
}
