// A provider that nobody here wrote (oidc-provider, npm) on this machine: people of it come in at the running program, and go out.

import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { after, before, test } from "node:test";

import Provider from "oidc-provider";

import { startSite } from "../browser/lib/site.mjs";
import { Browser } from "./browser.mjs";

const SECRET = "a-secret-of-the-program-at-the-provider";
/** Who may sign in at the provider, by the name typed. */
const PEOPLE = {
  zhiyuan: { sub: "zhiyuan", name: "陈志远", level: "gold" },
  stranger: { sub: "stranger", name: "李某" },
};

let site, desk, server, provider, issuer, id;
/** Whom the provider signs in, without asking: its own pages are not what is tested. */
let who = "zhiyuan";
/** What the provider does to the answer of its authorization endpoint. */
let refuses = false;

/** The provider, with one client: the program. */
function made(client) {
  const it = new Provider(issuer, {
    clients: [client],
    claims: { openid: ["sub"], profile: ["name", "level"] },
    cookies: { keys: ["a key of a test"] },
    features: {
      devInteractions: { enabled: false },
      backchannelLogout: { enabled: true },
      rpInitiatedLogout: {
        enabled: true,
        logoutSource: (ctx, form) => (ctx.body = form.replace("</form>", '<input name="logout" value="yes"></form>')),
      },
    },
    interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
    findAccount: (_, sub) => ({ accountId: sub, claims: () => PEOPLE[sub] }),
    // Its own guard against calls into the house: here all are on this machine.
    fetch: (url, { dispatcher: _, ...options }) => fetch(url, options),
  });
  for (const name of ["backchannel.error", "server_error"]) {
    it.on(name, (_, error) => console.error(name, error.cause ?? error));
  }
  return it;
}

/** Signs in whom it is told to and agrees to everything, as a person at its pages would. */
async function interact(request, response) {
  const { prompt, params, grantId } = await provider.interactionDetails(request, response);
  if (refuses) {
    return provider.interactionFinished(request, response, { error: "access_denied", error_description: "no" });
  }
  if (prompt.name === "login") {
    return provider.interactionFinished(request, response, { login: { accountId: who } });
  }
  const session = (await provider.interactionDetails(request, response)).session;
  const grant = (grantId && (await provider.Grant.find(grantId)))
    || new provider.Grant({ accountId: session.accountId, clientId: params.client_id });
  grant.addOIDCScope(params.scope);
  return provider.interactionFinished(request, response, { consent: { grantId: await grant.save() } });
}

/** Goes from the site to the provider and back, with the cookies of both; gives the last page of the site. */
async function come(person, next = "/me") {
  let shown = await person.here.get(`/login/at/${id}?next=${encodeURIComponent(next)}`);
  for (let hops = 0; hops < 8 && shown.outside; hops += 1) {
    const browser = shown.outside.origin === issuer ? person.there : person.here;
    shown = await browser.get(shown.outside);
  }
  return shown;
}

/** Somebody with a browser. */
const somebody = () => ({ here: new Browser(site.address), there: new Browser(issuer) });

before(async () => {
  // The provider lies on this machine, which the operator has to allow.
  site = await startSite("oidc-party", { settings: 'provider_networks = ["127.0.0.0/8"]\n' });
  server = createServer((request, response) => {
    const done = request.url.startsWith("/interaction/") ? interact(request, response) : provider.callback()(request, response);
    Promise.resolve(done).catch((error) => {
      response.statusCode = 500;
      response.end(String(error.stack));
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  issuer = `http://127.0.0.1:${server.address().port}`;
  desk = new Browser(site.address);
  await desk.signIn("guanli");
  await desk.get("/desk/providers/new?dialect=oidc");
  const facts = {
    key: desk.field("key"), name: "外省平台", dialect: "oidc", issuer, client: "yiwang", secret: SECRET, order: "1",
    scopes: "openid profile", name_field: "name", level_field: "level", levels: "gold=2", officers: "yes",
  };
  const done = await desk.send("/desk/providers", facts);
  id = done.page.match(/\/login\/at\/([0-9a-f]{32})\/back/)?.[1];
  assert.ok(id, done.page);
  provider = made({
    client_id: "yiwang",
    client_secret: SECRET,
    redirect_uris: [`${site.address}/login/at/${id}/back`],
    post_logout_redirect_uris: [`${site.address}/`],
    backchannel_logout_uri: `${site.address}/login/at/${id}/logout`,
    backchannel_logout_session_required: true,
  });
});

after(async () => {
  server?.closeAllConnections();
  server?.close();
  await site?.stop();
});

test("somebody not known here is asked, links the own account, and then comes in", async () => {
  const person = somebody();
  const asked = await come(person);
  assert.match(asked.page, /第一次用外省平台登录/, asked.page);
  assert.match(asked.page, /陈志远/);
  assert.match((await person.here.get("/me")).page, /登录名或身份证号/, "nobody is in by that alone");
  await person.here.signIn("zhiyuan", undefined, "/me/links/new");
  assert.match(person.here.page, /同意并关联/);
  await person.here.send("/me/links/new", {});
  assert.match((await person.here.get("/me/links")).page, /外省平台/);
  const again = somebody();
  const shown = await come(again, "/me/links");
  assert.match(shown.page, /外省平台/, shown.page);
  assert.match((await again.here.get("/me")).page, /陈志远/);
});

test("who signs out there is signed out here, by a token that the provider signed", async () => {
  const person = somebody();
  assert.match((await come(person)).page, /陈志远/);
  await person.here.get("/me");
  const left = await person.here.send("/logout", {});
  const out = left.page.match(/href="(http:[^"]*session\/end[^"]*)"/)?.[1].replaceAll("&#38;", "&").replaceAll("&amp;", "&");
  assert.ok(out, left.page);
  // Another browser of hers, signed in by the same session there, is told too.
  const other = { here: new Browser(site.address), there: person.there };
  assert.match((await come(other)).page, /陈志远/);
  const form = await person.there.get(out);
  const xsrf = form.page.match(/name="xsrf" value="([^"]*)"/)?.[1];
  assert.ok(xsrf, form.page);
  await person.there.send("/session/end/confirm", { xsrf, logout: "yes" }, "");
  for (let tries = 0; tries < 50; tries += 1) {
    if (/登录名或身份证号/.test((await other.here.get("/me")).page)) return;
    await new Promise((done) => setTimeout(done, 100));
  }
  assert.fail("the session here outlived the one there");
});

test("what was cancelled there, or comes to another browser, lets nobody in", async () => {
  refuses = true;
  const shown = await come(somebody());
  refuses = false;
  assert.match(shown.page, /您在对方那里取消了登录/);
  const person = somebody();
  let away = await person.here.get(`/login/at/${id}`);
  away = await person.there.get(away.outside);
  assert.ok(away.outside, away.page);
  assert.equal(away.outside.searchParams.get("iss"), issuer);
  assert.match((await new Browser(site.address).get(away.outside)).page, /不是给这个浏览器的/);
  const mixed = new URL(away.outside);
  mixed.searchParams.set("iss", "https://other.example");
  assert.match((await person.here.get(mixed)).page, /没有通过安全核对/);
});

test("a provider that is down is said to be, and the site goes on", async () => {
  await desk.get("/desk/providers/new?dialect=oidc");
  const facts = { key: desk.field("key"), name: "不通的平台", dialect: "oidc", issuer: "http://127.0.0.1:9", client: "x", order: "2" };
  const done = await desk.send("/desk/providers", { ...facts, scopes: "openid" });
  const dead = done.page.match(/\/login\/at\/([0-9a-f]{32})\/back/)[1];
  assert.match((await new Browser(site.address).get(`/login/at/${dead}`)).page, /暂时连不上/);
});
