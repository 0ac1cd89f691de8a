// openid-client (npm) and Authlib (PyPI), which nobody here wrote, against the running program: the whole way, and what must not be.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { generateKeyPairSync, webcrypto } from "node:crypto";
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import * as oidc from "openid-client";

import { startSite } from "../browser/lib/site.mjs";
import { Browser, register } from "./browser.mjs";

const CALLBACK = "https://app.example.gov.cn/callback";
const BYE = "https://app.example.gov.cn/bye";
/** A code lives so long. */
const CODE_MS = 60_000;

let site, citizen, clients, keys, old;
const insecure = { execute: [oidc.allowInsecureRequests] };

/** The provider as the library discovers it, for one of our clients. */
const discovered = (client, proof) =>
  oidc.discovery(new URL(site.address), client.id, undefined, proof ?? oidc.ClientSecretBasic(client.secret), insecure);

before(async () => {
  site = await startSite("oidc");
  const desk = new Browser(site.address);
  await desk.signIn("guanli");
  await desk.get("/desk/authorities");
  const office = desk.page.match(/<span class="code">([0-9A-Z]{18})<\/span>/)[1];
  keys = await webcrypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, true, ["sign", "verify"]);
  const jwk = { ...(await webcrypto.subtle.exportKey("jwk", keys.publicKey)), kid: "theirs", alg: "ES256", use: "sig" };
  const facts = {
    office,
    redirects: CALLBACK,
    logout_redirects: BYE,
    scopes: ["openid", "profile", "level", "offline_access"],
    "purpose-profile": "核对申请人",
    "purpose-level": "判断能办哪些事",
  };
  clients = {
    web: await register(desk, { ...facts, name: "网站" }),
    other: await register(desk, { ...facts, name: "别的网站" }),
    rsa: await register(desk, { ...facts, name: "老网站", rsa: "yes", must_push: "yes" }),
    keyed: await register(desk, { ...facts, name: "用私钥的网站", by_key: "yes", keys: JSON.stringify({ keys: [jwk] }) }),
    app: await register(desk, { ...facts, name: "手机应用", kind: "public", redirects: "http://127.0.0.1/callback" }),
    machine: await register(desk, { office, name: "机器", kind: "machine" }),
  };
  await desk.get(`/desk/clients/${clients.machine.id}`);
  await desk.send(`/desk/clients/${clients.machine.id}/posts`, { code: "accept" });
  citizen = new Browser(site.address);
  await citizen.signIn("guilan");
});

after(() => site?.stop());

/** A request as the library makes it. */
async function ask(config, more = {}) {
  const verifier = oidc.randomPKCECodeVerifier();
  const asked = {
    redirect_uri: CALLBACK,
    scope: "openid profile",
    state: oidc.randomState(),
    nonce: oidc.randomNonce(),
    code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
    code_challenge_method: "S256",
    ...more,
  };
  const checks = { pkceCodeVerifier: verifier, expectedState: asked.state, expectedNonce: asked.nonce, idTokenExpected: true };
  return { asked, checks };
}

/** The citizen's way through: agrees where it is asked. Gives the address it was led to outside. */
async function through(address, who = citizen) {
  const shown = await who.get(address);
  if (shown.outside) return shown.outside;
  assert.match(shown.page, /同意并登录/, shown.page);
  const scope = [...shown.page.matchAll(/name="scope" value="(\w+)"/g)].map((it) => it[1]);
  const done = await who.send("/authorize", { request: who.field("request"), decision: "agree", scope });
  assert.ok(done.outside, done.page);
  return done.outside;
}

/** A whole sign-in. */
async function tokens(client, more, proof) {
  const config = await discovered(client, proof);
  const { asked, checks } = await ask(config, more);
  const answer = await through(oidc.buildAuthorizationUrl(config, asked));
  return { config, answer, checks, given: await oidc.authorizationCodeGrant(config, answer, checks) };
}

/** What a promise fails with, as the protocol names it. */
async function refused(promise) {
  const error = await promise.then(() => assert.fail("was not refused"), (it) => it);
  // The library names a 401 with its challenge so, and leaves the body unread.
  if (error.code === "OAUTH_WWW_AUTHENTICATE_CHALLENGE") return (await error.response.json()).error;
  return error.error ?? error.cause?.error ?? error.code ?? error.message;
}

test("a code is taken early, to be brought too late", async () => {
  const config = await discovered(clients.web);
  const { asked, checks } = await ask(config);
  old = { config, checks, answer: await through(oidc.buildAuthorizationUrl(config, asked)), at: Date.now() };
});

test("a person signs in, is known by a number, and named as far as it agreed", async () => {
  const { config, given } = await tokens(clients.web, { scope: "openid profile level" });
  const who = await oidc.fetchUserInfo(config, given.access_token, given.claims().sub);
  assert.equal(who.name, "李桂兰");
  assert.equal(typeof who.real_name_level, "number");
  const told = await oidc.tokenIntrospection(config, given.access_token);
  assert.deepEqual([told.active, told.client_id, told.sub], [true, clients.web.id, who.sub]);
  await oidc.tokenRevocation(config, given.access_token);
  assert.equal((await oidc.tokenIntrospection(config, given.access_token)).active, false);
});

test("with RS256, by a pushed request, with the secret in the form", async () => {
  const config = await discovered(clients.rsa, oidc.ClientSecretPost(clients.rsa.secret));
  const { asked, checks } = await ask(config);
  const unpushed = await citizen.get(oidc.buildAuthorizationUrl(config, asked));
  assert.equal(unpushed.outside.searchParams.get("error"), "invalid_request");
  const address = await oidc.buildAuthorizationUrlWithPAR(config, asked);
  const given = await oidc.authorizationCodeGrant(config, await through(address), checks);
  const [head] = given.id_token.split(".");
  assert.equal(JSON.parse(Buffer.from(head, "base64url")).alg, "RS256");
});

test("with a key of its own, and never with one that speaks to somebody else", async () => {
  const key = { key: keys.privateKey, kid: "theirs" };
  const { given } = await tokens(clients.keyed, {}, oidc.PrivateKeyJwt(key));
  assert.ok(given.id_token);
  for (const aud of ["https://other.example", [site.address, "https://other.example"]]) {
    const bad = oidc.PrivateKeyJwt(key, { [oidc.modifyAssertion]: (_, said) => (said.aud = aud) });
    assert.equal(await refused(tokens(clients.keyed, {}, bad)), "invalid_client", String(aud));
  }
  const late = oidc.PrivateKeyJwt(key, { [oidc.modifyAssertion]: (_, said) => (said.exp = 1_000_000_000) });
  assert.equal(await refused(tokens(clients.keyed, {}, late)), "invalid_client");
  const none = oidc.PrivateKeyJwt(key, { [oidc.modifyAssertion]: (head) => (head.alg = "none") });
  assert.equal(await refused(tokens(clients.keyed, {}, none)), "invalid_client");
  const stranger = generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey;
  const pkcs8 = stranger.export({ format: "der", type: "pkcs8" });
  const theirs = await webcrypto.subtle.importKey("pkcs8", pkcs8, { name: "ECDSA", namedCurve: "P-256" }, false, ["sign"]);
  assert.equal(await refused(tokens(clients.keyed, {}, oidc.PrivateKeyJwt({ key: theirs, kid: "theirs" }))), "invalid_client");
});

test("an app on one's own machine, at a port of its choice", async () => {
  const redirect_uri = "http://127.0.0.1:51999/callback";
  const { given, config } = await tokens(clients.app, { redirect_uri, scope: "openid" }, oidc.None());
  const again = await oidc.refreshTokenGrant(config, given.refresh_token);
  assert.notEqual(again.refresh_token, given.refresh_token);
});

test("a machine has what its post allows, and nothing of a person", async () => {
  const config = await discovered(clients.machine);
  const given = await oidc.clientCredentialsGrant(config);
  assert.match(given.scope, /cases\./);
  assert.equal(given.refresh_token, undefined);
  const headers = { authorization: `Bearer ${given.access_token}` };
  assert.equal((await fetch(`${site.address}/api/v1/me`, { headers })).status, 403);
  assert.equal((await fetch(`${site.address}/desk`, { headers, redirect: "manual" })).status, 303, "it is nobody at pages");
  const more = oidc.clientCredentialsGrant(config, { scope: "identity.administer" });
  assert.equal(await refused(more), "invalid_scope");
  assert.equal(await refused(oidc.clientCredentialsGrant(await discovered(clients.web))), "unauthorized_client");
});

test("an address that is not registered, letter by letter, leads nowhere", async () => {
  const config = await discovered(clients.web);
  for (const redirect_uri of ["https://evil.example/", `${CALLBACK}/`, `${CALLBACK}?a=1`, CALLBACK.replace("https", "http")]) {
    const { asked } = await ask(config, { redirect_uri });
    const shown = await citizen.get(oidc.buildAuthorizationUrl(config, asked));
    assert.deepEqual([shown.status, shown.outside], [400, null], redirect_uri);
    assert.match(shown.page, /不能登录到那个系统/);
  }
});

test("PKCE cannot be left out, talked down to plain, or met with another verifier", async () => {
  const config = await discovered(clients.web);
  for (const wrong of [{ code_challenge: "" }, { code_challenge_method: "plain" }, { code_challenge_method: "" }]) {
    const { asked } = await ask(config, wrong);
    const url = oidc.buildAuthorizationUrl(config, asked);
    for (const [name, value] of Object.entries(wrong)) if (value === "") url.searchParams.delete(name);
    assert.equal((await through(url)).searchParams.get("error"), "invalid_request", JSON.stringify(wrong));
  }
  const { asked, checks } = await ask(config);
  const answer = await through(oidc.buildAuthorizationUrl(config, asked));
  const without = { ...checks, pkceCodeVerifier: undefined };
  assert.equal(await refused(oidc.authorizationCodeGrant(config, answer, without)), "invalid_grant");
  const other = { ...checks, pkceCodeVerifier: oidc.randomPKCECodeVerifier() };
  assert.equal(await refused(oidc.authorizationCodeGrant(config, answer, other)), "invalid_grant");
});

test("a code brought by another client gives nothing, and brought twice it ends what it gave", async () => {
  const config = await discovered(clients.web);
  const { asked, checks } = await ask(config);
  const answer = await through(oidc.buildAuthorizationUrl(config, asked));
  const others = await discovered(clients.other);
  assert.equal(await refused(oidc.authorizationCodeGrant(others, answer, checks)), "invalid_grant");
  const given = await oidc.authorizationCodeGrant(config, answer, checks);
  assert.equal(await refused(oidc.authorizationCodeGrant(config, answer, checks)), "invalid_grant");
  assert.equal((await oidc.tokenIntrospection(config, given.access_token)).active, false);
});

test("a refresh token used twice ends its whole family", async () => {
  const { config, given } = await tokens(clients.web, { scope: "openid offline_access" });
  const next = await oidc.refreshTokenGrant(config, given.refresh_token);
  assert.equal(await refused(oidc.refreshTokenGrant(config, given.refresh_token)), "invalid_grant");
  assert.equal(await refused(oidc.refreshTokenGrant(config, next.refresh_token)), "invalid_grant");
  assert.equal((await oidc.tokenIntrospection(config, next.access_token)).active, false);
});

test("an answer that another provider gave is not taken for ours", async () => {
  const config = await discovered(clients.web);
  const { asked, checks } = await ask(config);
  const answer = await through(oidc.buildAuthorizationUrl(config, asked));
  assert.equal(answer.searchParams.get("iss"), site.address);
  const mixed = new URL(answer);
  mixed.searchParams.set("iss", "https://other.example");
  assert.match(String(await refused(oidc.authorizationCodeGrant(config, mixed, checks))), /INVALID_RESPONSE|iss/);
  mixed.searchParams.delete("iss");
  assert.match(String(await refused(oidc.authorizationCodeGrant(config, mixed, checks))), /INVALID_RESPONSE|iss/);
});

test("a person signs out there and is signed out here", async () => {
  const who = new Browser(site.address);
  await who.signIn("defu");
  const config = await discovered(clients.web);
  const { asked, checks } = await ask(config);
  const given = await oidc.authorizationCodeGrant(config, await through(oidc.buildAuthorizationUrl(config, asked), who), checks);
  const end = oidc.buildEndSessionUrl(config, { id_token_hint: given.id_token, post_logout_redirect_uri: BYE, state: "7" });
  assert.equal((await who.get(end)).outside.href, `${BYE}?state=7`);
  assert.match((await who.get("/me")).page, /登录名或身份证号/);
  assert.equal((await oidc.tokenIntrospection(config, given.access_token)).active, false);
  assert.equal(await refused(oidc.refreshTokenGrant(config, given.refresh_token)), "invalid_grant");
});

test("Authlib goes the same way", { skip: !process.env.AUTHLIB && "Authlib cannot be had here" }, async () => {
  const script = fileURLToPath(new URL("authlib_flow.py", import.meta.url));
  const env = {
    ...process.env,
    PYTHONPATH: process.env.AUTHLIB,
    SITE: site.address,
    CLIENT: clients.other.id,
    SECRET: clients.other.secret,
    AUTHLIB_INSECURE_TRANSPORT: "1",
  };
  const { stdout } = await promisify(execFile)("python3", [script], { env });
  assert.match(stdout, /^all well$/m, stdout);
});

test("a code is good for a minute", async () => {
  await sleep(Math.max(0, old.at + CODE_MS + 1_000 - Date.now()));
  assert.equal(await refused(oidc.authorizationCodeGrant(old.config, old.answer, old.checks)), "invalid_grant");
});
