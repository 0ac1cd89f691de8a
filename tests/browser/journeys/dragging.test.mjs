// What is dragged with the mouse: a file onto a material, photographs into another order.

import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";

import { launch, Visitor } from "../lib/browser.mjs";
import { startSite } from "../lib/site.mjs";

/** A journey that takes longer hangs. */
const LIMIT = { timeout: 240_000 };
const ITEM = "食品经营许可（首次申请）";
const LAYOUT = "经营场所设备设施布局图和操作流程图";
const NAMES = ["第一张.jpg", "第二张.jpg", "第三张.jpg"];

let site, browser, folder;
before(async () => {
  site = await startSite("dragging");
  browser = await launch();
  folder = await mkdtemp(join(tmpdir(), "yiwang-dragging-"));
});
after(async () => {
  await browser?.close();
  await site?.stop();
  if (folder) await rm(folder, { recursive: true, force: true });
});

/** Somebody at the materials of a fresh draft. */
async function atMaterials(called) {
  const visitor = await Visitor.arrive(browser, site, { called });
  await visitor.open(`/search?q=${encodeURIComponent(ITEM)}`);
  await visitor.follow(ITEM);
  await visitor.follow("在线申请");
  await visitor.fillIn("zhiyuan");
  const fresh = visitor.page.getByRole("button", { name: "开始填写", exact: true });
  await visitor.press((await fresh.count()) > 0 ? "开始填写" : "重新开始");
  await visitor.follow("上传材料");
  return visitor;
}

/** Pictures of the page, as large as it, for want of a camera. */
async function photographs(visitor) {
  const paths = NAMES.map((name) => join(folder, name));
  for (const path of paths) await visitor.page.screenshot({ path, type: "jpeg" });
  return paths;
}

const material = (visitor) => visitor.page.locator("section", { has: visitor.page.getByRole("heading", { name: LAYOUT, exact: true }) });

/** Drags files from the desktop to a place of the page, as the browser gets it from the system; `let go` comes only if it is taken there. */
async function dragFiles(visitor, paths, onto, { letGo = true } = {}) {
  await onto.scrollIntoViewIfNeeded();
  const box = await onto.boundingBox();
  const at = { x: box.x + box.width / 2, y: box.y + Math.min(box.height, 200) / 2 };
  const line = await visitor.context.newCDPSession(visitor.page);
  const data = { items: [], files: paths, dragOperationsMask: 1 };
  await line.send("Input.dispatchDragEvent", { type: "dragEnter", ...at, data });
  // As a hand that waits until the place lights up, and moves once more: let go before, the browser takes it for refused.
  await line.send("Input.dispatchDragEvent", { type: "dragOver", ...at, data });
  await visitor.page.locator("form.drop").waitFor();
  await line.send("Input.dispatchDragEvent", { type: "dragOver", ...at, data });
  if (letGo) await line.send("Input.dispatchDragEvent", { type: "drop", ...at, data });
  else await line.send("Input.dispatchDragEvent", { type: "dragCancel", ...at, data });
  await line.detach();
}

/** Drags one thing of the page onto a part of another: 0 its upper edge, 1 its lower. */
async function drag(visitor, from, to, part) {
  await from.scrollIntoViewIfNeeded();
  const [start, end] = [await from.boundingBox(), await to.boundingBox()];
  const { mouse } = visitor.page;
  await mouse.move(start.x + start.width / 2, start.y + start.height / 2);
  await mouse.down();
  await mouse.move(end.x + end.width / 2, end.y + end.height / 2, { steps: 8 });
  await mouse.move(end.x + end.width / 2, end.y + end.height * part, { steps: 8 });
  await mouse.up();
}

/** The photographs in the order in which they stand on the page. */
async function order(visitor) {
  const notes = await visitor.page.locator(".leaf .file-note").allTextContents();
  return notes.map((it) => NAMES.find((name) => it.startsWith(name)));
}

test("files that are dragged onto a material belong to it, and nothing happens before they are let go", LIMIT, async () => {
  const visitor = await atMaterials("files");
  try {
    const paths = await photographs(visitor);
    await dragFiles(visitor, paths.slice(0, 1), material(visitor), { letGo: false });
    await visitor.look("held-above");
    await visitor.seesNo(NAMES[0]);
    await visitor.goes(() => dragFiles(visitor, paths.slice(0, 2), material(visitor)));
    for (const name of NAMES.slice(0, 2)) await material(visitor).getByRole("link", { name }).first().waitFor();
    assert.equal(await visitor.page.getByRole("link", { name: NAMES[0] }).count(), 1, "at that material alone");
    await visitor.look("dragged");
  } catch (error) {
    await visitor.stumble();
    throw error;
  }
  await visitor.leave();
});

test("photographs are dragged into their order, and the PDF has it", LIMIT, async () => {
  const visitor = await atMaterials("leaves");
  try {
    const paths = await photographs(visitor);
    await visitor.goes(() => dragFiles(visitor, paths, material(visitor)));
    await material(visitor).getByRole("link", { name: NAMES[2] }).first().waitFor();
    await visitor.goes(() => material(visitor).getByRole("link", { name: "拍成照片" }).click());
    assert.deepEqual(await order(visitor), NAMES);
    const leaf = (n) => visitor.page.locator(".leaf").nth(n);
    // The last to the front, then the first behind the second: by its upper and by its lower half.
    await visitor.goes(() => drag(visitor, leaf(2), leaf(0), 0.2));
    assert.deepEqual(await order(visitor), [NAMES[2], NAMES[0], NAMES[1]]);
    await visitor.goes(() => drag(visitor, leaf(0), leaf(1), 0.8));
    assert.deepEqual(await order(visitor), [NAMES[0], NAMES[2], NAMES[1]]);
    await visitor.look("in-order");
    // Let go where it stood, nothing changes and nothing is asked.
    const here = visitor.page.url();
    await drag(visitor, leaf(1), leaf(1), 0.5);
    assert.equal(visitor.page.url(), here);
    await visitor.press("合成一份 PDF");
    await visitor.sees("（3 页照片）.pdf");
    await visitor.look("bound");
  } catch (error) {
    await visitor.stumble();
    throw error;
  }
  await visitor.leave();
});
