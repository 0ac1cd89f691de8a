// Three matters from the guide to the result, by clicking: an allowance for the old, the filing of a lease, and the licence of a lawyer, which
// the city examines and the province decides.

import { after, before, test } from "node:test";

import { launch, Visitor } from "../lib/browser.mjs";
import { fillForm, item, needed } from "../lib/forms.mjs";
import { startSite } from "../lib/site.mjs";

/** A journey that takes longer hangs. */
const LIMIT = { timeout: 300_000 };
const MATTERS = [
  { slug: "05-old-age-allowance", who: "defu", review: "shenhe-minsheng", decide: "shenpi-minsheng" },
  { slug: "08-housing-lease-filing", who: "zhiyuan", review: "shenhe-chengjian", decide: "shenpi-chengjian" },
  { slug: "55-lawyer-licence", who: "haitao", first: "chushen", review: "shenhe-sheng", decide: "shenpi-sheng" },
];

let site, browser;
before(async () => {
  site = await startSite("three-items");
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await site?.stop();
});

for (const matter of MATTERS) {
  test(`${matter.slug}: from the guide to the result`, LIMIT, async () => {
    const visitors = [];
    const arrive = async (key, how = {}) => {
      const visitor = await Visitor.arrive(browser, site, { called: `${matter.slug.slice(0, 2)}-${key}`, ...how });
      visitors.push(visitor);
      return visitor;
    };
    try {
      await live(arrive, matter, await item(matter.slug));
    } catch (error) {
      for (const it of visitors) await it.stumble();
      throw error;
    }
  });
}

async function live(arrive, matter, document) {
  const citizen = await arrive(matter.who, { size: "phone" });
  const number = await applies(citizen, matter, document);
  const at = async (key) => {
    const officer = await arrive(key);
    await officer.signIn(key);
    await officer.open("/desk");
    await officer.goes(() => officer.page.locator("tr", { hasText: number }).getByRole("link").first().click());
    return officer;
  };
  const window = await at("chuangkou");
  await window.act("接件");
  await window.act("受理");
  await window.sees("已受理");
  await window.leave();
  if (matter.first) await handsUp(citizen, at, matter);
  await decides(at, matter);
  await delivers(await at("fazheng"));
  await citizen.page.reload();
  await citizen.sees("准予");
  await citizen.look("done");
  await citizen.leave();
}

/** From the guide, on a phone, to the number of the case. */
async function applies(citizen, { who }, document) {
  await citizen.open(`/search?q=${encodeURIComponent(document.name)}`);
  await citizen.follow(document.name);
  await citizen.follow("在线申请");
  await citizen.fillIn(who);
  await citizen.look("before");
  const fresh = citizen.page.getByRole("button", { name: "开始填写", exact: true });
  await citizen.press((await fresh.count()) > 0 ? "开始填写" : "重新开始");
  await citizen.follow(document.form.layout[0].heading);
  await fillForm(citizen, document);
  for (const material of needed(document)) await citizen.upload(material);
  await citizen.look("materials");
  await citizen.follow("下一步：核对并提交");
  await citizen.look("check");
  await citizen.page.getByLabel("我确认以上内容和材料真实、有效").check();
  await citizen.press("提交申请");
  await citizen.sees("申请已提交");
  const number = await citizen.page.getByText(/^[0-9A-HJ-NP-Y]{43,50}$/).first().textContent();
  await citizen.follow("查看办件");
  return number;
}

/** The lower organ examines and hands everything up, and the citizen reads where the case is. */
async function handsUp(citizen, at, { first }) {
  const lower = await at(first);
  await lower.act("开始审核");
  await lower.look("examines-first");
  await lower.act("提交初审意见并报送上级", async (form) => {
    await form.getByLabel("同意，建议准予", { exact: true }).check();
    await form.getByLabel("初审意见").fill("材料齐全，实习满一年，建议准予执业。");
  });
  await lower.sees("已报送");
  await lower.look("handed-up");
  await lower.leave();
  await citizen.page.reload();
  await citizen.sees("初审已完成");
  await citizen.look("handed-up");
}

async function decides(at, { review, decide }) {
  const reviewer = await at(review);
  await reviewer.act("开始审核");
  await reviewer.act("提交审核意见", async (form) => {
    await form.getByLabel("同意，建议准予", { exact: true }).check();
    await form.getByLabel("审核意见").fill("材料齐全，符合条件。");
  });
  await reviewer.sees("待审批");
  await reviewer.leave();
  const decider = await at(decide);
  await decider.act("准予通过", (form) => form.getByLabel("审批意见").fill("同意。"));
  await decider.sees("准予通过");
  await decider.leave();
}

async function delivers(issuer) {
  await issuer.act("制证（制文）");
  await issuer.act("送达", async (form) => {
    await form.getByLabel("送达方式").selectOption({ label: "窗口领取" });
    await form.getByLabel("送达证明").fill("本人签收");
  });
  await issuer.sees("已送达");
  await issuer.leave();
}
