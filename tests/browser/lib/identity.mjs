// What proves who somebody is, as tests hold it in their hands: an authenticator app, a passkey's device, the demo's box of messages.

import assert from "node:assert/strict";
import { createHmac } from "node:crypto";

const STEP_S = 30;
const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/**
 * What an app shows for this secret (RFC 6238: SHA-1, six digits, half a minute), as it is shown to be typed by hand.
 * @param {number} ahead so many steps later than now: the site takes each step once, and one that is early
 */
export function appCode(secret, ahead = 0) {
  const bits = [...secret.replaceAll(/[\s-]/g, "")].map((it) => LETTERS.indexOf(it).toString(2).padStart(5, "0")).join("");
  const key = Buffer.from(bits.match(/.{8}/g).map((it) => parseInt(it, 2)));
  const count = Buffer.alloc(8);
  count.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 1000 / STEP_S) + ahead));
  const digest = createHmac("sha1", key).update(count).digest();
  const at = digest.at(-1) & 0xf;
  return String((digest.readUInt32BE(at) & 0x7fffffff) % 1_000_000).padStart(6, "0");
}

/** Gives the visitor's browser a device that holds passkeys and always finds the right finger. */
export async function giveDevice(visitor) {
  const session = await visitor.context.newCDPSession(visitor.page);
  await session.send("WebAuthn.enable");
  const options = {
    protocol: "ctap2",
    transport: "internal",
    hasResidentKey: true,
    hasUserVerification: true,
    isUserVerified: true,
    automaticPresenceSimulation: true,
  };
  await session.send("WebAuthn.addVirtualAuthenticator", { options });
}

/** The six digits that were sent last to a number, read in the open box of the demo, as its page says. */
export async function sentCode(visitor, tail) {
  const box = await visitor.context.newPage();
  await box.goto(`${visitor.site.address}/demo/messages`);
  const message = box.getByRole("main").getByRole("listitem").filter({ hasText: tail }).first();
  const code = (await message.innerText()).match(/(?<!\d)\d{6}(?!\d)/)?.[0];
  assert.ok(code, `a code for …${tail} lies in the box`);
  await box.close();
  return code;
}

/** Sets up an app on the page that offers it; gives its secret and the recovery codes that are shown once. */
export async function setUpApp(visitor, button) {
  await visitor.press(button);
  await visitor.page.getByText("扫不了，手工输入").click();
  const secret = await visitor.page.locator(".fold-body .code").innerText();
  await visitor.look("app");
  await visitor.type("验证码", "000000");
  await visitor.press("添加");
  await visitor.sees("验证码不对");
  await visitor.type("验证码", appCode(secret));
  await visitor.type("给它起个名字", "我的手机");
  await visitor.press("添加");
  await visitor.sees("请保存恢复码");
  await visitor.look("recovery-codes");
  const codes = await visitor.page.locator("li.code").allInnerTexts();
  assert.equal(codes.length, 10);
  return { secret, codes };
}
