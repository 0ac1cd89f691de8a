// A guide is read to whoever cannot read it: what is said is what stands there, part by part, and it stops when told to.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { launch, Visitor } from "../lib/browser.mjs";
import { startSite } from "../lib/site.mjs";

const ITEM = "居民身份证丢失补领";
/** A browser's voices come late, speak on the machine itself, and say when they are done. */
const VOICE = (lang) => {
  const said = [];
  const talk = new EventTarget();
  let voices = [];
  Object.assign(talk, {
    getVoices: () => voices,
    speak: (it) => {
      said.push({ text: it.text, lang: it.lang, voice: it.voice?.lang });
      talk.waiting = it;
    },
    cancel: () => delete talk.waiting,
  });
  Object.defineProperty(window, "speechSynthesis", { value: talk });
  window.SpeechSynthesisUtterance = class {
    constructor(text) {
      this.text = text;
    }
  };
  window.said = said;
  window.addEventListener("load", () => {
    voices = [{ lang, localService: true }];
    talk.dispatchEvent(new Event("voiceschanged"));
  });
};

let site, browser;
before(async () => {
  site = await startSite("reading");
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await site?.stop();
});

async function guide(lang) {
  const visitor = await Visitor.arrive(browser, site, { size: "phone", called: "reading" });
  await visitor.page.addInitScript(VOICE, lang);
  await visitor.open(`/search?q=${encodeURIComponent(ITEM)}`);
  await visitor.page.getByRole("link", { name: ITEM }).first().click();
  await visitor.sees("在线申请");
  return visitor;
}

const said = (page) => page.evaluate(() => window.said);

test("a guide is read part by part, shows where it is, and stops when told to", async () => {
  const { page, context } = await guide("zh-CN");
  await page.getByRole("button", { name: "读给我听" }).click();
  for (let part = 1; part <= 12; part += 1) {
    assert.equal((await said(page)).length, part, "one part after the other");
    assert.equal(await page.locator(".reading").count(), 1, "where it reads is shown");
    await page.evaluate(() => window.speechSynthesis.waiting.onend());
  }
  const parts = await said(page);
  assert.ok(parts.every((it) => it.lang === "zh-CN" && it.voice === "zh-CN"), JSON.stringify(parts));
  const words = parts.map((it) => it.text.trim());
  assert.ok(words.slice(0, 2).includes(ITEM), `the name comes first: ${words}`);
  assert.ok(words.some((it) => /工作日|自然日/.test(it)), `how long it takes: ${words}`);
  await page.getByRole("button", { name: "停止朗读" }).click();
  assert.equal(await page.locator(".reading").count(), 0);
  assert.ok(await page.getByRole("button", { name: "读给我听" }).isVisible());
  await page.getByRole("button", { name: "读给我听" }).click();
  assert.equal((await said(page)).at(-1).text.trim(), words[0], "it begins anew");
  await context.close();
});

test("without a Chinese voice nothing is offered that would not work", async () => {
  const { page, context } = await guide("de-DE");
  assert.equal(await page.getByRole("button", { name: "读给我听" }).isVisible(), false);
  await context.close();
});
