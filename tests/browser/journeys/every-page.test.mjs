// Every page that anybody can reach by links keeps the promises of every page, for each kind of person, on phone and at a desk.

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";

import { launch, Visitor } from "../lib/browser.mjs";
import { crawl } from "../lib/crawl.mjs";
import { people, startSite } from "../lib/site.mjs";

const PUBLIC = ["/", "/items", "/search?q=开饭店", "/login", "/register", "/accessibility", "/styleguide"].map(encodeURI);
/** Of the demo people, one for each set of posts, and one who acts for an enterprise. */
const CALLERS = new Map(Object.values(people).map((it) => [[...new Set(it.posts.map((post) => post.post))].sort().join(), it]));
CALLERS.set("enterprise", people.zhiyuan);

let site, browser;
before(async () => {
  site = await startSite("every-page");
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await site?.stop();
});

// Two at a time: the smallest machines that run this have two cores.
describe("every page", { concurrency: 2, timeout: 900_000 }, () => {
  for (const size of ["phone", "desk"]) {
    it(`is whole for whoever is not signed in, on a ${size}`, async () => {
      const visitor = await Visitor.arrive(browser, site, { size, called: "anybody" });
      assert.deepEqual(await crawl(visitor, PUBLIC), []);
      await visitor.leave();
    });

    it(`is whole in large type and strong contrast, on a ${size}`, async () => {
      const visitor = await Visitor.arrive(browser, site, { size, called: "large" });
      await visitor.open("/look?set=care-contrast&back=/");
      assert.deepEqual(await crawl(visitor, PUBLIC), []);
      await visitor.leave();
    });

    for (const { key, role_words } of CALLERS.values()) {
      it(`is whole for ${key} (${role_words}), on a ${size}`, async () => {
        const visitor = await Visitor.arrive(browser, site, { size, called: key });
        await visitor.signIn(key);
        // All else is found by links.
        assert.deepEqual(await crawl(visitor, ["/"]), []);
        await visitor.leave();
      });
    }
  }
});
