// Without a mouse: from the home page to a filed case, and an officer's act on it, by Tab, Enter, Space and letters alone.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { launch, Visitor } from "../lib/browser.mjs";
import { Keys } from "../lib/keyboard.mjs";
import { people, startSite } from "../lib/site.mjs";

/** A journey that takes longer hangs. */
const LIMIT = { timeout: 300_000 };
const ITEM = "居民身份证丢失补领";

let site, browser;
before(async () => {
  site = await startSite("keyboard");
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await site?.stop();
});

/** Signs in where one was asked to. */
async function signsIn(keys, key) {
  const who = people[key];
  await keys.fill("登录名或身份证号", who.login);
  await keys.fill("密码", who.password);
  await keys.go();
  await keys.visitor.sees(who.name);
}

/** From the home page over the search to the guide; the first key leads past what stands on every page. */
async function finds(keys) {
  await keys.visitor.open("/");
  await keys.page.keyboard.press("Tab");
  assert.equal((await keys.focus()).name, "跳到正文", "the skip link comes first");
  await keys.page.keyboard.press("Enter");
  const passed = await keys.to(/搜索|想办/);
  assert.ok(passed.length <= 2, `from the skip link to the search: ${passed}`);
  assert.ok((await keys.focus()).inMain, "the skip link leads into the content");
  await keys.type("身份证丢了");
  await keys.go();
  await keys.through(ITEM);
  await keys.visitor.sees("在线申请");
}

/** Fills in the form, once with a date that is none, so that there is something to mend; files; gives the case number. */
async function applies(keys, who) {
  await keys.through("在线申请");
  await signsIn(keys, who);
  await keys.through("开始填写");
  await keys.through(/^本人/);
  await keys.choose("否");
  await keys.through("保存并继续");
  await keys.fill("大约在哪里丢的", "x");
  await keys.through("保存并继续");
  const summary = await keys.focus();
  assert.match(summary.name, /^请|有误|更正|需要/, "after an error the focus is at the summary");
  await keys.visitor.look("faults");
  await keys.to(/丢的|哪天/);
  await keys.page.keyboard.press("Enter");
  assert.equal((await keys.focus()).role, "input", "a fault leads to its field");
  await keys.page.keyboard.type("11102026");
  await keys.fill("大约在哪里丢的", "菜市场附近");
  await keys.through("保存并继续");
  await keys.choose("窗口领取");
  await keys.choose("否");
  await keys.through("保存并继续");
  await keys.through(/下一步：核对并提交/);
  await keys.to(/我确认以上内容和材料真实、有效/);
  await keys.page.keyboard.press("Space");
  await keys.visitor.look("check");
  await keys.through("提交申请");
  await keys.visitor.sees("申请已提交");
  return keys.page.getByText(/^[0-9A-HJ-NP-Y]{43,50}$/).first().textContent();
}

/** The window finds the case on its worklist and receives it. */
async function receives(keys, number) {
  await keys.visitor.open("/login");
  await signsIn(keys, "chuangkou");
  await keys.visitor.open("/desk");
  await keys.through(ITEM, { row: number });
  await keys.visitor.sees(number);
  await keys.to("接件");
  await keys.visitor.look("before");
  await keys.go("Enter");
  await keys.visitor.sees("已接件");
  await keys.visitor.look("after");
}

for (const [size, who] of [["desk", "xiaomei"], ["phone", "zhiyuan"]]) {
  test(`a citizen files and a window receives with the keyboard alone, on a ${size}`, LIMIT, async () => {
    const citizen = await Visitor.arrive(browser, site, { size, called: "keys-citizen" });
    const window = await Visitor.arrive(browser, site, { size, called: "keys-window" });
    try {
      const keys = new Keys(citizen);
      await finds(keys);
      await receives(new Keys(window), await applies(keys, who));
      await citizen.leave();
      await window.leave();
    } catch (error) {
      await citizen.stumble();
      await window.stumble();
      throw error;
    }
  });
}
