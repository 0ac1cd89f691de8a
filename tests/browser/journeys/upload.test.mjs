// A large file on a poor line: the server dies under it and comes back, the page is loaded anew; it goes on where it was.

import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";

import { launch, Visitor } from "../lib/browser.mjs";
import { startSite } from "../lib/site.mjs";

/** A journey that takes longer hangs. */
const LIMIT = { timeout: 300_000 };
const ITEM = "食品经营许可（首次申请）";
const LAYOUT = "经营场所设备设施布局图和操作流程图";
const SIZE = 24 * 1024 * 1024;
/** So long each piece is held up, so that the server dies in the middle. */
const SLOW_MS = 400;
/** A build without optimisation seals and opens slowly. */
const LOAD_MS = 120_000;

let site, browser, folder;
before(async () => {
  site = await startSite("upload");
  browser = await launch();
  folder = await mkdtemp(join(tmpdir(), "yiwang-upload-"));
});
after(async () => {
  await browser?.close();
  await site?.stop();
  if (folder) await rm(folder, { recursive: true, force: true });
});

const digest = (bytes) => createHash("sha256").update(bytes).digest("hex");

/** A file as large as told that no line packs, and its digest. */
async function largeFile(name) {
  const bytes = Buffer.concat([Buffer.from("%PDF-1.7\n"), randomBytes(SIZE)]);
  const path = join(folder, name);
  await writeFile(path, bytes);
  return { path, digest: digest(bytes) };
}

/** Somebody at the materials of a fresh draft, over a slow line. */
async function atMaterials(how) {
  const visitor = await Visitor.arrive(browser, site, how);
  await visitor.open(`/search?q=${encodeURIComponent(ITEM)}`);
  await visitor.follow(ITEM);
  await visitor.follow("在线申请");
  await visitor.fillIn("zhiyuan");
  const fresh = visitor.page.getByRole("button", { name: "开始填写", exact: true });
  await visitor.press((await fresh.count()) > 0 ? "开始填写" : "重新开始");
  await visitor.follow("上传材料");
  await visitor.page.route("**/api/v1/uploads/*", async (route) => {
    if (route.request().method() === "PATCH") await sleep(SLOW_MS);
    await route.continue().catch(() => {});
  });
  return visitor;
}

const material = (visitor) => visitor.page.locator("section", { has: visitor.page.getByRole("heading", { name: LAYOUT, exact: true }) });
const choose = (visitor, path) => material(visitor).locator("input[type=file]").setInputFiles(path);
const percent = async (visitor) => Number(await material(visitor).locator("progress").evaluate((it) => it.value));

/** Waits until so much of the file was acknowledged. */
async function until(visitor, least) {
  for (const end = Date.now() + 60_000; (await percent(visitor)) < least; await sleep(50)) {
    assert.ok(Date.now() < end, `the upload stands at ${await percent(visitor)} %`);
  }
}

/** The file is there, once, and to the byte. */
async function isThere(visitor, name, sum) {
  await visitor.sees(name);
  const links = material(visitor).getByRole("link", { name });
  assert.equal(await links.count(), 1);
  const answer = await visitor.page.request.get(site.address + (await links.first().getAttribute("href")));
  assert.equal(answer.status(), 200);
  assert.equal(digest(await answer.body()), sum);
}

test("the server is killed in the middle of a file and comes back: the page goes on by itself", LIMIT, async () => {
  const file = await largeFile("布局图一.pdf");
  const visitor = await atMaterials({ called: "killed" });
  try {
    await choose(visitor, file.path);
    await until(visitor, 20);
    await visitor.look("under-way");
    await site.kill();
    await visitor.sees("自动接着传");
    const before = await percent(visitor);
    // The broken line is told in the console, as it must be.
    visitor.faults();
    await site.start();
    // Waited for from here on: the rest of the file may be there before its first part has been looked at.
    const patched = (it) => it.request().method() === "PATCH" && it.status() === 200;
    const [told] = await Promise.all([
      visitor.page.waitForResponse(patched).then((it) => it.json()),
      visitor.page.waitForEvent("load", { timeout: LOAD_MS }),
      visitor.page.evaluate(() => dispatchEvent(new Event("online"))),
    ]);
    assert.ok(told.received > (before / 100) * SIZE, `${told.received} bytes after ${before} %`);
    visitor.faults();
    await isThere(visitor, "布局图一.pdf", file.digest);
    await visitor.look("there");
  } catch (error) {
    await visitor.stumble();
    throw error;
  }
  await visitor.leave();
});

test("a page loaded anew knows how far a file was and goes on once it is chosen again", LIMIT, async () => {
  const file = await largeFile("布局图二.pdf");
  const visitor = await atMaterials({ called: "reloaded", size: "phone" });
  try {
    await choose(visitor, file.path);
    await until(visitor, 20);
    visitor.page.on("dialog", (it) => it.accept());
    await visitor.page.reload();
    await visitor.sees("上次传到");
    visitor.faults();
    await visitor.look("to-go-on");
    const kept = await percent(visitor);
    assert.ok(kept >= 20, `${kept} %`);
    const pieces = [];
    visitor.page.on("request", (it) => it.method() === "PATCH" && pieces.push(Number(it.headers()["upload-offset"])));
    await Promise.all([visitor.page.waitForEvent("load", { timeout: LOAD_MS }), choose(visitor, file.path)]);
    assert.ok(pieces[0] > 0, `it began at ${pieces[0]}`);
    await isThere(visitor, "布局图二.pdf", file.digest);
  } catch (error) {
    await visitor.stumble();
    throw error;
  }
  await visitor.leave();
});

test("what cannot be taken is said beside the file, and the page stays", LIMIT, async () => {
  const visitor = await atMaterials({ called: "refused" });
  const path = join(folder, "网页.pdf");
  await writeFile(path, "<html><body>no PDF</body></html>");
  await choose(visitor, path);
  await visitor.sees("只能上传 PDF、JPG、PNG 或 OFD 文件");
  await visitor.look("refused");
  await visitor.leave();
});
