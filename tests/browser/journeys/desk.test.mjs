// Officers at their desks: a hearing from the notice to the decision, several cases at once, somebody who stands in, and two who meet at
// one case.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { Caller } from "../lib/api.mjs";
import { launch, Visitor } from "../lib/browser.mjs";
import { item } from "../lib/forms.mjs";
import { startSite } from "../lib/site.mjs";

/** A journey that takes longer hangs. */
const LIMIT = { timeout: 300_000 };
const LICENCE = "01-food-business-licence";
const ALLOWANCE = "05-old-age-allowance";
/** A hearing is held two weeks after its notice (at least seven working days: 行政许可法 art. 48, 82). */
const UNTIL_HEARING = 14;

let site, browser, visitors;
before(async () => {
  site = await startSite("desk");
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await site?.stop();
});

/** A test whose people's last pages are kept if it fails. */
function journey(name, run) {
  test(name, LIMIT, async () => {
    visitors = [];
    try {
      await run();
      for (const it of visitors) it.noFaults();
    } catch (error) {
      for (const it of visitors) await it.stumble();
      throw error;
    }
  });
}

/** Somebody who is signed in. */
async function at(key, path, how = {}) {
  const visitor = await Visitor.arrive(browser, site, { called: key, ...how });
  visitors.push(visitor);
  await visitor.signIn(key);
  if (path) await visitor.open(path);
  return visitor;
}

/** A case that waits for its review. */
async function accepted(slug, who) {
  const citizen = await Caller.signIn(site, who);
  const filed = await citizen.files(await item(slug));
  const window = await Caller.signIn(site, "chuangkou");
  await window.acts(filed.id, { act: "receive" });
  await window.acts(filed.id, { act: "accept" });
  return filed;
}

journey("several cases are decided at once, each by itself, and one that somebody else has decided stays as it is", async () => {
  const filed = [];
  for (let count = 0; count < 3; count += 1) filed.push(await accepted(ALLOWANCE, "defu"));
  const reviewer = await at("shenhe-minsheng", "/desk");
  const tick = async (officer) => {
    for (const it of filed) await officer.page.locator("tr", { hasText: it.number }).getByRole("checkbox").check();
  };
  const review = await Caller.signIn(site, "shenhe-minsheng");
  for (const it of filed) await review.acts(it.id, { act: "start_review" });
  await reviewer.page.reload();
  await tick(reviewer);
  await reviewer.press("批量办理勾选的办件");
  await reviewer.sees("3 件，其中 3 件可以一起办");
  await reviewer.look("batch");
  // While the page is open, one of them moves on.
  await review.acts(filed[0].id, { act: "recommend", favour: true, opinion: "已另行审核" });
  await reviewer.page.getByRole("group", { name: "办理" }).getByLabel("提交审核意见").check();
  await reviewer.page.getByLabel("同意，建议准予", { exact: true }).check();
  await reviewer.page.getByRole("textbox", { name: /^意见/ }).fill("材料齐全，符合条件。");
  await reviewer.press("办理这些办件");
  const row = (it) => reviewer.page.locator("tr", { hasText: it.number });
  await row(filed[0]).getByText("没有办成").waitFor();
  for (const it of filed.slice(1)) await row(it).getByText("现为「待审批」").waitFor();
  await reviewer.look("batch-done");
});

journey("somebody who stands in decides in the other's stead, and the record says so", async () => {
  const filed = await accepted(ALLOWANCE, "defu");
  const review = await Caller.signIn(site, "shenhe-minsheng");
  await review.acts(filed.id, { act: "start_review" });
  await review.acts(filed.id, { act: "recommend", favour: true, opinion: "符合条件" });

  const chief = await at("guanli", "/desk/people");
  await chief.goes(() => chief.page.getByRole("main").getByRole("link", { name: "冯建华" }).first().click());
  await chief.follow("设代岗");
  for (const box of await chief.page.getByRole("group", { name: "代哪些岗位" }).getByRole("checkbox").all()) await box.check();
  await chief.type(/身份证号/, "341602199004160139");
  const soon = new Date(Date.now() + 3 * 86_400_000).toISOString().slice(0, 10);
  await chief.type("到哪一天", soon);
  await chief.look("stand-in");
  await chief.press("设代岗");
  await chief.look("stand-in-set");

  const deputy = await at("shenhe-chengjian", `/desk/cases/${filed.id}`);
  await deputy.act("准予通过", (form) => form.getByLabel("审批意见").fill("同意。"));
  await deputy.sees("准予通过", /代冯建华/);
  await deputy.look("decided-in-stead");
});

journey("of two officers at one case the second is told who was first, and loses nothing", async () => {
  const filed = await accepted(ALLOWANCE, "defu");
  const review = await Caller.signIn(site, "shenhe-minsheng");
  await review.acts(filed.id, { act: "start_review" });
  await review.acts(filed.id, { act: "recommend", favour: true, opinion: "符合条件" });
  // The one whose post it is, and the one who stands in (of the journey before): both have the page open.
  const [first, second] = [await at("shenpi-minsheng", `/desk/cases/${filed.id}`), await at("shenhe-chengjian", `/desk/cases/${filed.id}`)];
  await first.act("准予通过", (form) => form.getByLabel("审批意见").fill("同意。"));
  await first.sees("准予通过");
  const words = "写了很久的另一种意见";
  const late = second.page.waitForResponse((it) => it.request().method() === "POST" && it.url().endsWith("/acts"));
  await second.act("准予通过", (form) => form.getByLabel("审批意见").fill(words));
  assert.equal((await late).status(), 409);
  await second.sees("没有办成", "已被", words);
  // The console tells of the refusal, which is the answer.
  second.faults();
  await second.look("second-at-the-case");
});

journey("a hearing: told of, asked for, set, held two weeks later, and decided after it", async () => {
  const filed = await accepted(LICENCE, "zhiyuan");
  const review = await Caller.signIn(site, "shenhe-shijian");
  await review.acts(filed.id, { act: "start_review" });
  const desk = `/desk/cases/${filed.id}`;

  let reviewer = await at("shenhe-shijian", desk);
  await reviewer.act("告知听证权利", (form) => form.getByLabel("告知的事由").fill("涉及申请人与相邻住户之间的重大利益关系"));
  await reviewer.sees("听证");
  await reviewer.look("hearing-told");
  let citizen = await at("zhiyuan", `/cases/${filed.id}`, { size: "phone" });
  await citizen.look("hearing-offered");
  await citizen.type(/申请听证的理由/, "请当面听取意见");
  await citizen.press("申请听证");
  await citizen.look("hearing-asked");

  await reviewer.page.reload();
  const day = new Date(Date.now() + UNTIL_HEARING * 86_400_000).toLocaleDateString("sv-SE", { timeZone: "Asia/Shanghai" });
  await reviewer.act("发出听证通知", async (form) => {
    await form.getByLabel("时间", { exact: true }).fill(`${day}T09:30`);
    await form.getByLabel("地点").fill("谯城区政务服务中心三楼听证室");
    await form.getByLabel("主持人").selectOption({ index: 1 });
    await form.getByLabel("已经向社会公告").check();
  });
  await reviewer.look("hearing-set");
  await citizen.page.reload();
  await citizen.sees("谯城区政务服务中心三楼听证室");
  await citizen.look("hearing-notice");
  for (const it of [reviewer, citizen]) await it.leave();

  await site.later(UNTIL_HEARING + 1);
  reviewer = await at("shenhe-shijian", desk);
  await reviewer.act("登记听证笔录", async (form) => {
    await form.getByLabel("听证笔录", { exact: true }).fill("申请人陈述：油烟净化已经安装。相邻住户表示没有意见。");
    await form.getByLabel(/笔录已交听证参加人/).check();
  });
  await reviewer.look("hearing-held");
  await reviewer.act("提交审核意见", async (form) => {
    await form.getByLabel("同意，建议准予", { exact: true }).check();
    await form.getByLabel("审核意见").fill("根据听证笔录，符合条件。");
  });
  await reviewer.sees("待审批");
  const decider = await at("shenpi-shijian", desk);
  await decider.act("准予通过", (form) => form.getByLabel("审批意见").fill("根据听证笔录，同意。"));
  await decider.sees("准予通过");
  citizen = await at("zhiyuan", `/cases/${filed.id}`, { size: "phone" });
  await citizen.sees("听证", "准予");
  await citizen.look("hearing-decided");
});
