// People at their browsers. Whatever they look at is held to the promises of every page: nothing in the console, nothing the
// content security policy had to stop, no sideways scrolling, no violation that axe can find, a picture kept.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";

import { chromium } from "playwright-core";

import { people, shots } from "./site.mjs";

const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
/** WCAG 2.2, levels A and AA. */
const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
/** The narrowest phone that pages must fit. */
const NARROWEST = 360;

export const SIZES = {
  phone: { width: 390, height: 844 },
  desk: { width: 1280, height: 900 },
};

/** The machine's own Chromium; it asks nobody on the network for anything. */
export function launch() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}

/** One person at a browser of a size. Methods are what the person does; `page` is Playwright's, for what only one test does. */
export class Visitor {
  #faults = [];
  #pictures = 0;

  /**
   * @param {{ script?: boolean, size?: "phone" | "desk", called?: string }} how `called` stands in the pictures' names
   */
  static async arrive(browser, site, { script = true, size = "desk", called = "visitor" } = {}) {
    const context = await browser.newContext({
      viewport: SIZES[size],
      hasTouch: size === "phone",
      isMobile: size === "phone",
      javaScriptEnabled: script,
      locale: "zh-CN",
      timezoneId: "Asia/Shanghai",
      reducedMotion: "reduce",
      acceptDownloads: true,
    });
    context.setDefaultTimeout(15_000);
    return new Visitor(site, context, await context.newPage(), { size, called, script });
  }

  constructor(site, context, page, { size, called, script }) {
    Object.assign(this, { site, context, page, size, called, script });
    page.on("console", (it) => {
      // A form that is sent back with what to mend is an answer, of which the browser tells all the same.
      if (it.type() === "error" && it.text().includes("status of 422")) return;
      // What the policy stops is an error of the console too.
      if (it.type() === "error" || it.type() === "warning") this.#faults.push(`${it.type()}: ${it.text()} (${it.location().url})`);
    });
    page.on("pageerror", (it) => this.#faults.push(`script: ${it.message}`));
    page.on("response", (it) => {
      if (it.status() >= 500) this.#faults.push(`${it.status()} ${it.url()}`);
    });
  }

  /** Opens an address of the site and gives the answer's status. */
  async open(path) {
    const answer = await this.page.goto(this.site.address + path);
    return answer.status();
  }

  /** Signs in at the sign-in page by name and password. */
  async signIn(key) {
    await this.open("/login");
    await this.fillIn(key);
  }

  /** Signs in where one was asked to. */
  async fillIn(key) {
    const who = people[key];
    await this.page.getByLabel("登录名或身份证号").fill(who.login);
    await this.page.getByLabel("密码").fill(who.password);
    await this.press("登录");
    await this.sees(who.name);
  }

  /** Presses a button by its words. */
  async press(name) {
    await this.goes(() => this.page.getByRole("main").getByRole("button", { name, exact: true }).first().click());
  }

  /** Follows a link of the page's content by its words. */
  async follow(name, { exact = false } = {}) {
    await this.goes(() => this.page.getByRole("main").getByRole("link", { name, exact }).first().click());
  }

  /** Types into a field. */
  async type(label, text) {
    await this.page.getByRole("main").getByLabel(label).fill(text);
  }

  /** Picks from a list. */
  async pick(label, option) {
    const list = this.page.getByRole("main").getByLabel(label);
    if (typeof option === "string") return void (await list.selectOption({ label: option }));
    const words = await list.getByRole("option").allTextContents();
    await list.selectOption({ label: words.find((it) => option.test(it)) });
  }

  /** Chooses one of a group. */
  async choose(group, option) {
    await this.page.getByRole("group", { name: group }).getByLabel(option, { exact: true }).check();
  }

  /** Uploads a small file for a material. */
  async upload(material) {
    const button = this.page.locator("button", { hasText: new RegExp(`^上传\\s*${material}$`) });
    const form = this.page.locator("form").filter({ has: button });
    const buffer = Buffer.from("%PDF-1.4\n1 0 obj <</Type /Catalog>> endobj\ntrailer <</Root 1 0 R>>\n%%EOF\n");
    const choose = () => form.locator("input[type=file]").setInputFiles({ name: `${material}.pdf`, mimeType: "application/pdf", buffer });
    // With script a file is on its way once it is chosen.
    if (this.script) await this.goes(choose);
    else {
      await choose();
      await this.goes(() => button.click());
    }
    await this.sees(`${material}.pdf`);
  }

  /** Carries out an act of the case page: opens its form, fills it in, sends it. */
  async act(words, fill = async () => {}) {
    const button = this.page.getByRole("button", { name: words, exact: true });
    const fold = this.page.getByRole("main").locator("summary").getByText(words, { exact: true });
    if ((await fold.count()) > 0 && !(await button.isVisible())) await fold.click();
    await fill(this.page.locator("form").filter({ has: button }));
    await this.goes(() => button.click());
  }

  /** Does what leads to another page, and waits for it. */
  async goes(act) {
    await Promise.all([this.page.waitForEvent("load"), act()]);
  }

  /** The page shows these words. */
  async sees(...words) {
    for (const it of words) await this.page.getByText(it).first().waitFor({ state: "visible" });
  }

  /** The page does not show these words. */
  async seesNo(...words) {
    for (const it of words) assert.equal(await this.page.getByText(it).count(), 0, `«${it}» stands on ${this.page.url()}`);
  }

  /** Holds the page to the promises of every page and keeps a picture of it. */
  async look(name) {
    assert.deepEqual(await this.wrongs(name), []);
  }

  /** As `look`, but gives what is wrong instead of failing. Where nobody will look at pictures (CI), one is kept of what is wrong alone. */
  async wrongs(name) {
    const picture = join(shots, `${this.size}-${this.called}-${String(++this.#pictures).padStart(2, "0")}-${name}.png`);
    const keep = () => this.page.screenshot({ path: picture, fullPage: true });
    if (!process.env.CI) await keep();
    // Without script axe cannot run either; it has looked at the same pages with script.
    const wrongs = this.script ? await this.barriers() : [];
    const heads = await this.page.locator("h1").count();
    if (heads !== 1) wrongs.push(`${heads} headings of the first rank`);
    if (this.size === "phone") await this.page.setViewportSize({ ...SIZES.phone, width: NARROWEST });
    const wide = await this.page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    if (this.size === "phone") await this.page.setViewportSize(SIZES.phone);
    if (wide > 0) wrongs.push(`${wide} pixels to scroll sideways`);
    if (process.env.CI && wrongs.length > 0) await keep();
    return [...wrongs.map((it) => `${this.called} at ${this.page.url()}: ${it}`), ...this.faults()];
  }

  /** What the browser itself complained of since it was asked last. */
  faults() {
    return this.#faults.splice(0).map((it) => `${this.called} at ${this.page.url()}: ${it}`);
  }

  /** What axe finds, in a line each. */
  async barriers() {
    await this.page.evaluate(axe);
    const found = await this.page.evaluate((tags) => globalThis.axe.run(document, { runOnly: tags, resultTypes: ["violations"] }), TAGS);
    return found.violations.flatMap((it) => it.nodes.map((node) => `${it.id}: ${node.target.join(" ")}: ${node.failureSummary}`));
  }

  /** Nothing went wrong in the browser so far. */
  noFaults() {
    assert.deepEqual(this.#faults, [], `${this.called} at ${this.page.url()}`);
  }

  /** Keeps a picture of where a journey could not go on, if the page is still open. */
  async stumble() {
    if (this.page.isClosed()) return;
    console.error(`${this.called} stands at ${this.page.url()}`);
    await this.page.screenshot({ path: join(shots, `stumbled-${this.size}-${this.called}.png`), fullPage: true });
  }

  async leave() {
    this.noFaults();
    await this.context.close();
  }
}
