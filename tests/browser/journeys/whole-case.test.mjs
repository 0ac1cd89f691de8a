// A whole case lived by clicking, from a search in one's own words to the decision: on a phone, at a desk, and without script.

import { after, before, test } from "node:test";

import { launch } from "../lib/browser.mjs";
import { liveOneCase } from "../lib/case.mjs";
import { startSite } from "../lib/site.mjs";

/** A journey that takes longer hangs. */
const LIMIT = { timeout: 300_000 };

let site, browser;
before(async () => {
  site = await startSite("whole-case");
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await site?.stop();
});

test("a citizen applies and is served by four officers, all on phones", LIMIT, () => liveOneCase(browser, site, { size: "phone" }));

test("a citizen applies and is served by four officers, all at desks", LIMIT, () => liveOneCase(browser, site, { size: "desk" }));

test("all of it works without script", LIMIT, () => liveOneCase(browser, site, { size: "desk", script: false }));
