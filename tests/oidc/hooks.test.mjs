// Standard Webhooks as its authors verify it (npm: standardwebhooks), against what the running program sends.

import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";

import { Webhook, WebhookVerificationError } from "standardwebhooks";

import { startSite } from "../browser/lib/site.mjs";
import { Browser, register } from "./browser.mjs";

/** How long a message may take from the act to the receiver. */
const TOLD_MS = 30_000;

let site, receiver, citizen, mine, secrets;
const got = [];

/** The next message after so many. */
async function message(after) {
  for (let waited = 0; got.length <= after; waited += 100) {
    if (waited > TOLD_MS) throw new Error(`no message ${after + 1} in ${TOLD_MS} ms`);
    await sleep(100);
  }
  return got[after];
}

/** A case of the citizen that can be taken back: its id, and the credit code of its office, with which its number begins. */
async function open() {
  await citizen.get("/cases");
  for (const place of new Set(citizen.page.match(/\/cases\/[0-9a-f]{32}(?=")/g))) {
    const { page } = await citizen.get(place);
    const office = page.match(/(?<![0-9A-Z])([0-9A-HJ-NPQRTUWXY]{18})[0-9A-Z]{20,}/)?.[1];
    if (page.includes(`action="${place}/withdraw"`) && office) return { id: place.split("/").pop(), office };
  }
  throw new Error(`nothing to take back: ${citizen.page}`);
}

/** A system of this office that is told of everything; gives the secret that signs. */
async function told(desk, office) {
  const machine = await register(desk, { office, name: "业务系统", kind: "machine" });
  await desk.get(`/desk/clients/${machine.id}`);
  await desk.send(`/desk/clients/${machine.id}/posts`, { code: "system" });
  const hooks = `/desk/clients/${machine.id}/hooks`;
  await desk.get(hooks);
  const made = await desk.send(hooks, { address: `http://127.0.0.1:${receiver.address().port}/hooks` });
  const secret = made.page.match(/whsec_[A-Za-z0-9+/=]+/)?.[0];
  assert.ok(secret, made.page);
  return secret;
}

before(async () => {
  receiver = createServer(async (request, answer) => {
    let body = "";
    for await (const piece of request) body += piece;
    got.push({ headers: request.headers, body });
    answer.writeHead(204).end();
  });
  receiver.listen(0, "127.0.0.1");
  await once(receiver, "listening");
  site = await startSite("hooks");
  citizen = new Browser(site.address);
  await citizen.signIn("guilan");
  mine = await open();
  const desk = new Browser(site.address);
  await desk.signIn("guanli");
  await desk.get("/desk/authorities");
  const other = desk.page.match(/(?<=<span class="code">)[0-9A-Z]{18}(?=<\/span>)/g).find((it) => it !== mine.office);
  secrets = { own: await told(desk, mine.office), other: await told(desk, other) };
});

after(async () => {
  await site?.stop();
  receiver?.close();
});

test("their verifier takes what we sign, and nothing that was changed", async () => {
  await citizen.get(`/cases/${mine.id}`);
  await citizen.send(`/cases/${mine.id}/withdraw`, { version: citizen.field("version"), reason: "不办了" });
  const { headers, body } = await message(0);
  assert.equal(JSON.parse(body).data.case, mine.id);
  const theirs = new Webhook(secrets.own);
  assert.deepEqual(theirs.verify(body, headers), JSON.parse(body));
  assert.throws(() => new Webhook(secrets.other).verify(body, headers), WebhookVerificationError);
  const refused = (what, text = body) => assert.throws(() => theirs.verify(text, { ...headers, ...what }), WebhookVerificationError);
  refused({}, body.replace("}", " }"));
  refused({ "webhook-id": `${headers["webhook-id"]}0` });
  refused({ "webhook-timestamp": String(Number(headers["webhook-timestamp"]) + 1) });
  refused({ "webhook-timestamp": String(Number(headers["webhook-timestamp"]) - 3_600) });
  refused({ "webhook-signature": headers["webhook-signature"].replace(/^v1,./, (it) => (it.endsWith("A") ? "v1,B" : "v1,A")) });
});
