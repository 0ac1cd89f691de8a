// What a test needs to be there before people come: made by the API of the site, as a department's program would.

import assert from "node:assert/strict";

import { people } from "./site.mjs";

const PDF = "%PDF-1.4\n1 0 obj <</Type /Catalog>> endobj\ntrailer <</Root 1 0 R>>\n%%EOF\n";

/** A caller of the API in somebody's name. */
export class Caller {
  static async signIn(site, key) {
    const caller = new Caller(site);
    const { login, password } = people[key];
    caller.token = (await caller.call("POST", "/sessions", { login, password })).token;
    return caller;
  }

  constructor(site) {
    this.site = site;
  }

  async call(method, path, body) {
    const raw = typeof body === "string";
    const answer = await fetch(`${this.site.address}/api/v1${path}`, {
      method,
      headers: {
        ...(this.token && { authorization: `Bearer ${this.token}` }),
        ...(body !== undefined && { "content-type": raw ? "application/octet-stream" : "application/json" }),
      },
      body: raw ? body : body && JSON.stringify(body),
    });
    const text = await answer.text();
    assert.ok(answer.ok, `${method} ${path}: ${answer.status} ${text}`);
    return text && JSON.parse(text);
  }

  /** Files an item of the demo with its own example and every material; gives the case. */
  async files(document) {
    const hits = await this.call("GET", `/search?q=${encodeURIComponent(document.name)}`);
    const item = hits.find((it) => it.name === document.name)?.id;
    assert.ok(item, `${document.name} is found`);
    const draft = await this.call("POST", "/drafts", { item, values: document.sample.form });
    for (const it of draft.materials.filter((it) => !it.from_form)) {
      await this.call("POST", `/drafts/${draft.id}/materials/${it.key}?name=a.pdf`, PDF);
    }
    return this.call("POST", "/cases", { draft: draft.id });
  }

  /** Carries out an act on a case as it stands. */
  async acts(id, act) {
    const { version } = await this.call("GET", `/cases/${id}`);
    return this.call("POST", `/cases/${id}/acts`, { version, ...act });
  }
}
