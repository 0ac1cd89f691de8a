// A department's head, with the mouse alone: imports the list, mends an item to 100 %, two others check it, it is published, and
// somebody in a village finds it.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { launch, Visitor } from "../lib/browser.mjs";
import { startSite } from "../lib/site.mjs";

/** A journey that takes longer hangs. */
const LIMIT = { timeout: 300_000 };
const OFFICE = "亳州市住房公积金管理中心";
const VILLAGE = "341602100213";
/** What the department's own list says, and by oversight does not say rightly: the complaints' telephone is the citizens' hotline. */
const ROW = {
  基本编码: "342017903000",
  地方编码: "GJJ-ZF-01",
  事项名称: "租房提取住房公积金",
  行使层级: "市级",
  权力来源: "法定本级行使",
  服务对象: "自然人",
  办件类型: "即办件",
  承诺办结时限: "0",
  承诺办结时限单位: "工作日",
  受理条件: "有住房公积金账户；在本市租房居住",
  办理流程: "受理；审核；办结",
  是否收费: "否",
  办理形式: "网上办理",
  到办事现场次数: "0",
  网上办理深度: "互联网咨询^受理^办理^结果信息反馈",
  审批结果类型: "其他",
  审批结果名称: "住房公积金提取审核结果单",
  咨询方式: "0558-5550231",
  监督投诉方式: "12345",
  办理地点: "亳州市政务服务中心二楼 D 区",
  办理时间: "工作日 9:00—17:00",
};

let site, browser;
before(async () => {
  site = await startSite("department");
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await site?.stop();
});

test("a department's item goes from its list to a village's page through the hands of three", LIMIT, async () => {
  const visitors = [];
  const arrive = async (login, how = {}) => {
    const visitor = await Visitor.arrive(browser, site, { called: login ?? "villager", ...how });
    visitors.push(visitor);
    if (login) await visitor.signIn(login);
    return visitor;
  };
  try {
    const keeper = await arrive("mulu");
    await imports(keeper);
    await mends(keeper);
    await keeper.press("送审");
    await keeper.sees("机构编制审核");
    await keeper.look("handed-in");
    for (const login of ["bianban", "fazhi"]) await checks(await arrive(login));
    await publishes(keeper);
    await finds(await arrive(null, { size: "phone" }));
  } catch (error) {
    for (const it of visitors) await it.stumble();
    throw error;
  }
});

async function imports(keeper) {
  await keeper.open("/desk/items/offices");
  await keeper.follow(OFFICE, { exact: true });
  await keeper.follow("导入、导出", { exact: true });
  const list = [Object.keys(ROW), Object.values(ROW)].map((it) => it.join(",")).join("\r\n");
  await keeper.page.getByLabel("文件").setInputFiles({ name: "清单.csv", mimeType: "text/csv", buffer: Buffer.from(list) });
  await keeper.press("上传，核对列");
  await keeper.press("检查");
  const go = keeper.page.getByRole("button", { name: "导入 1 个事项" });
  await go.waitFor();
  await keeper.goes(() => go.click());
  await keeper.page.getByText("导入完成").waitFor();
  await keeper.look("imported");
}

/** Follows each finding to its field, until nothing is left to be mended. */
async function mends(keeper) {
  const { page } = keeper;
  await keeper.open("/desk/items/offices");
  await keeper.follow(OFFICE, { exact: true });
  await keeper.follow(ROW.事项名称, { exact: true });
  await keeper.sees("送审前要更正的 9 处");
  await keeper.look("to-mend");
  const mend = async (finding, fill) => {
    await keeper.follow(finding, { exact: typeof finding === "string" });
    await fill();
    await keeper.press("保存");
    await keeper.look("mended");
    await keeper.follow("回到事项", { exact: true });
    await keeper.seesNo(finding);
  };
  await mend("不需要到现场的，原因应写「无」。", () => keeper.type("必须到现场的原因", "无"));
  await mend("监督电话「12345」请带区号书写，如 0558-5550101。", () => keeper.type("监督电话", "0558-12345"));
  await mend("请补充「行政复议、行政诉讼」。", async () => {
    await page.locator("#content, main").getByLabel("机关").fill("亳州市人民政府");
    await page.locator("#content, main").getByLabel("法院").fill("亳州市谯城区人民法院");
  });
  await mend("服务对象包含自然人，请选择面向自然人的主题分类。", () =>
    page.getByRole("group", { name: /^面向自然人/ }).getByLabel("住房保障").check());
  await mend("有审批结果的，请说明或者上传结果样本。", () => keeper.type("结果样本说明", "网上可以下载的审核结果单，写明提取金额和到账银行卡"));
  await mend("请补充「送达方式」。", () => page.getByLabel("网上下载").check());
  await keeper.follow("请补充「申请表」。", { exact: true });
  await keeper.follow("设计申请表", { exact: true });
  await keeper.type("分组名称", "租房情况");
  await keeper.press("加分组");
  await keeper.look("designer");
  await keeper.press(/^添加\s*到租房情况$/);
  await keeper.type("问什么", "租住房屋的地址");
  await keeper.press("保存");
  await keeper.look("designed");
  await keeper.follow("回到事项", { exact: true });
  await keeper.seesNo("请补充「申请表」。");
  await mend("请补充「申请材料」。", async () => {
    await keeper.follow("增加一项", { exact: true });
    await keeper.type("材料名称", "住房公积金租房提取申请表");
    await keeper.pick("材料类型", /申请/);
    await keeper.pick("材料形式", /电子/);
    await keeper.pick("材料必要性", /^必要/);
    await keeper.pick(/^来源渠道$/, "申请人自备");
  });
  // One authority has one item of a code: said before anybody checks, not at publication.
  await mend(/^本单位已有这个编码的事项/, () => keeper.type("业务办理项序号", "1"));
  await keeper.sees("完整度 100%");
  await keeper.look("complete");
}

/** Somebody else looks at what is before them and lets it pass. */
async function checks(officer) {
  await officer.open("/desk/item-checks");
  await officer.look("to-check");
  await officer.follow(ROW.事项名称);
  await officer.look("checking");
  await officer.press("通过");
  await officer.look("passed");
  await officer.leave();
}

async function publishes(keeper) {
  await keeper.page.reload();
  await keeper.press("发布");
  await keeper.sees("在用");
  await keeper.look("published");
  await keeper.leave();
}

/** On a telephone in a village, within the second that the search takes to learn of it. */
async function finds(villager) {
  await villager.page.waitForTimeout(1_500);
  await villager.open(`/places/${VILLAGE}`);
  await villager.look("village");
  await villager.page.getByRole("main").getByRole("searchbox").or(villager.page.getByRole("main").getByRole("combobox")).first().fill("租房取公积金");
  await villager.page.keyboard.press("Enter");
  await villager.page.getByRole("link", { name: ROW.事项名称 }).first().waitFor();
  await villager.look("found");
  await villager.follow(ROW.事项名称);
  await villager.sees("住房公积金租房提取申请表");
  await villager.look("guide");
  assert.equal(new URL(villager.page.url()).pathname.split("/")[1], "items");
  await villager.leave();
}
