// Every page that anybody can reach by links keeps the promises of every page, for each kind of person, on phone and at a desk.

import { after, before, test } from "node:test";

import { launch, Visitor } from "../lib/browser.mjs";
import { crawl } from "../lib/crawl.mjs";
import { startSite } from "../lib/site.mjs";

const PUBLIC = ["/", "/items", "/search?q=开饭店", "/login", "/register", "/accessibility", "/styleguide"].map(encodeURI);
/** Where each begins, besides the home page: all else is found by links. */
const PEOPLE = {
  zhiyuan: "a citizen with cases",
  guilan: "a citizen without an enterprise",
  chuangkou: "a clerk at the window",
  "shenhe-shijian": "a reviewer",
  "shenpi-shijian": "a decider",
  fazheng: "an issuer",
  mulu: "a keeper of the catalogue",
  jiancha: "a supervisor",
  guanli: "an administrator",
};

let site, browser;
before(async () => {
  site = await startSite("every-page");
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await site?.stop();
});

async function look(visitor, path) {
  const name = path === "/" ? "home" : decodeURI(path).replace(/[0-9a-f]{32}/g, "id").replace(/[^\p{L}\p{N}-]+/gu, "_").slice(0, 60);
  await visitor.look(name);
}

for (const size of ["phone", "desk"]) {
  test(`whoever is not signed in finds every page whole on a ${size}`, async () => {
    const visitor = await Visitor.arrive(browser, site, { size, called: "anybody" });
    await crawl(visitor, PUBLIC, look);
    await visitor.leave();
  });

  test(`large type and strong contrast leave every public page whole on a ${size}`, async () => {
    const visitor = await Visitor.arrive(browser, site, { size, called: "large" });
    await visitor.open("/look?set=care-contrast&back=/");
    await crawl(visitor, PUBLIC, look);
    await visitor.leave();
  });

  for (const [key, words] of Object.entries(PEOPLE)) {
    test(`${words} finds every page whole on a ${size}`, async () => {
      const visitor = await Visitor.arrive(browser, site, { size, called: key });
      await visitor.signIn(key);
      await crawl(visitor, ["/"], look);
      await visitor.leave();
    });
  }
}
