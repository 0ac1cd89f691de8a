// The looking itself sees what it is meant to see.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { launch, Visitor } from "../lib/browser.mjs";

let browser;
before(async () => {
  browser = await launch();
});
after(() => browser?.close());

const WRONG = [
  ["a picture without words", "<h1>甲</h1><img src='data:,'>", /image-alt/],
  ["words too pale to read", "<h1>甲</h1><p style='color:#999;background:#fff'>淡得看不清的字</p>", /color-contrast/],
  ["a field without a label", "<h1>甲</h1><input type='text'>", /label/],
  ["two headings of the first rank", "<h1>甲</h1><h1>乙</h1>", /2 headings/],
  ["a page wider than the phone", "<h1>甲</h1><div style='width:380px'>乙</div>", /pixels to scroll sideways/],
  ["an error in the console", "<h1>甲</h1><script>console.error('丙')</script>", /error: 丙/],
  ["a script that breaks", "<h1>甲</h1><script>throw new Error('丁')</script>", /script: 丁/],
];

for (const [words, body, expected] of WRONG) {
  test(`${words} does not pass`, async () => {
    const visitor = await Visitor.arrive(browser, { address: "" }, { size: "phone", called: "looking" });
    const head = "<meta charset='utf-8'><title>戊</title><meta name='viewport' content='width=device-width'>";
    await visitor.page.setContent(`<!doctype html><html lang="zh-CN"><head>${head}</head><body><main>${body}</main></body></html>`);
    assert.match((await visitor.wrongs("wrong")).join("\n"), expected);
    await visitor.context.close();
  });
}
