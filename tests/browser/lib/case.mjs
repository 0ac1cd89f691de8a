// One whole case, lived by clicking: a citizen opens a restaurant; window, review, decision and issue do their posts.

import { Visitor } from "./browser.mjs";

const ITEM = "食品经营许可（首次申请）";
/** The form, group by group, as the person reads and answers it; what the platform knows stands there already. */
const ANSWERS = [
  [
    ["type", "经营者名称", "谯城区志远牛肉馍店（演示）"],
    ["type", "统一社会信用代码", "92341602MA00000151"],
  ],
  [
    ["pick", "经营场所所在地", /花戏楼街道/],
    ["type", "经营场所详细地址", "亳州市谯城区花戏楼街道演示路 8 号"],
    ["type", "经营面积（平方米）", "45"],
  ],
  [
    ["choose", "主体业态", "餐饮服务经营者"],
    ["pick", "主要经营项目", "热食类食品制售"],
    ["choose", "是否制售凉菜、冷荤、裱花蛋糕", "否"],
    ["choose", "是否在网上或外卖平台销售", "是"],
  ],
  [
    ["type", "姓名", "陈志远"],
    ["type", "公民身份号码", "341602199606180030"],
    ["choose", "做什么", "加工制作"],
    ["type", "健康证明编号", "皖健20260001"],
    ["type", "健康证明有效期到", "2027-06-30"],
    ["type", "食品安全管理人员", "陈志远"],
  ],
  [["choose", "是否委托他人办理", "否"]],
];
const LICENCE = "营业执照";
const LAYOUT = "经营场所设备设施布局图和操作流程图";
const RULES = "食品安全规章制度目录清单";
const MANAGER = "食品安全管理人员任命文件";

/** @param {{ size?: "phone" | "desk", script?: boolean }} how */
export async function liveOneCase(browser, site, how) {
  const visitors = [];
  const arrive = async (called) => {
    visitors.push(await Visitor.arrive(browser, site, { ...how, called: how.script === false ? `plain-${called}` : called }));
    return visitors.at(-1);
  };
  try {
    await live(arrive);
  } catch (error) {
    // The last thing that everybody saw tells most.
    for (const it of visitors) await it.stumble();
    throw error;
  }
}

async function live(arrive) {
  const officer = async (key) => {
    const visitor = await arrive(key);
    await visitor.signIn(key);
    return visitor;
  };
  const citizen = await arrive("citizen");
  await finds(citizen);
  const number = await applies(citizen);

  const window = await officer("chuangkou");
  await asksOnce(window, number);
  await supplies(citizen);
  await accepts(window, number);
  await window.leave();

  const reviewer = await officer("shenhe-shijian");
  await reviews(reviewer, number);
  await reviewer.leave();

  const decider = await officer("shenpi-shijian");
  await opens(decider, number);
  await decider.act("准予通过", (form) => form.getByLabel("审批意见").fill("同意。"));
  await decider.sees("准予通过");
  await decider.look("approved");
  await decider.leave();

  const issuer = await officer("fazheng");
  await issues(issuer, number);
  await issuer.leave();

  await receives(citizen);
  await citizen.leave();
}

/** From the home page in one's own words to the guide. */
async function finds(citizen) {
  await citizen.open("/");
  await citizen.look("home");
  await citizen.page.getByRole("main").locator('input[name="q"]').first().fill("开饭店");
  await citizen.press("搜索");
  await citizen.look("search");
  await citizen.follow(ITEM);
  await citizen.sees("在线申请");
  await citizen.look("guide");
}

/** Signs in on the way, fills in the form, leaves one material out, files; gives the case number. */
async function applies(citizen) {
  await citizen.follow("在线申请");
  await citizen.fillIn("zhiyuan");
  await citizen.look("before");
  await citizen.press("开始填写");
  await citizen.look("draft");
  await citizen.follow("申请人");
  for (const [index, group] of ANSWERS.entries()) {
    for (const [how, label, answer] of group) await citizen[how](label, answer);
    await citizen.look(`form-${index + 1}`);
    await citizen.press("保存并继续");
  }
  await citizen.look("materials-empty");
  for (const material of [LICENCE, LAYOUT, MANAGER]) await citizen.upload(material);
  await citizen.look("materials");
  await citizen.follow("下一步：核对并提交");
  await citizen.look("check");
  await citizen.page.getByLabel("材料暂时不齐，我要先提交").check();
  await citizen.page.getByLabel("我确认以上内容和材料真实、有效").check();
  await citizen.press("提交申请");
  await citizen.sees("申请已提交");
  await citizen.look("receipt");
  const number = await citizen.page.getByText(/^[0-9A-HJ-NP-Y]{43,50}$/).first().textContent();
  await citizen.follow("查看办件");
  await citizen.sees("待接件");
  await citizen.look("case-filed");
  return number;
}

/** To the case of this number, from one's own worklist. */
async function opens(officer, number) {
  await officer.open("/desk");
  await officer.look("desk");
  await officer.goes(() => officer.page.locator("tr", { hasText: number }).getByRole("link").first().click());
  await officer.look("case");
}

/** The window takes the case and says once all that is missing. */
async function asksOnce(window, number) {
  await opens(window, number);
  await window.act("接件");
  await window.act("一次性告知补正", async (form) => {
    const layout = form.getByRole("group", { name: LAYOUT });
    await layout.getByRole("textbox").fill("请标出餐用具洗消水池和排烟设备的位置");
    const rules = form.getByRole("group", { name: RULES });
    await rules.getByRole("checkbox").check();
    await rules.getByRole("textbox").fill("列出四类制度的名称");
  });
  await window.sees("待补正");
  await window.look("correction-asked");
}

/** The applicant mends all of it at once. */
async function supplies(citizen) {
  await citizen.page.reload();
  await citizen.sees("待补正");
  await citizen.look("case-to-mend");
  await citizen.follow("查看要补的内容并补正");
  await citizen.look("supply");
  for (const material of [LAYOUT, RULES]) await citizen.upload(material);
  await citizen.press("提交");
  await citizen.sees("补正材料已收");
  await citizen.look("case-supplied");
}

async function accepts(window, number) {
  await opens(window, number);
  await window.act("受理");
  await window.sees("已受理");
  await window.look("accepted");
}

/** The reviewer stops the clock for an expertise, starts it again and passes the case on. */
async function reviews(reviewer, number) {
  await opens(reviewer, number);
  await reviewer.act("开始审核");
  await reviewer.act("启动特别程序", async (form) => {
    await form.getByLabel("特别程序").selectOption("鉴定");
    await form.getByLabel("所需时间").fill("5");
    await form.getByLabel("原因").fill("经营场所的油烟设备需要鉴定");
  });
  await reviewer.sees("特别程序中");
  await reviewer.look("suspended");
  await reviewer.act("结束特别程序", async (form) => {
    await form.getByLabel("由谁实施").fill("亳州市产品质量鉴定所");
    await form.getByLabel("结果").fill("鉴定合格");
  });
  await reviewer.sees("审核中");
  await reviewer.act("提交审核意见", async (form) => {
    await form.getByLabel("同意，建议准予", { exact: true }).check();
    await form.getByLabel("审核意见").fill("材料齐全，现场符合要求。");
  });
  await reviewer.sees("待审批");
  await reviewer.look("for-decision");
}

async function issues(issuer, number) {
  await opens(issuer, number);
  await issuer.act("制证（制文）", (form) => form.getByLabel("证照、文书编号").fill("JY23416020000001"));
  await issuer.sees("已制证");
  await issuer.act("送达", async (form) => {
    await form.getByLabel("送达方式").selectOption({ label: "窗口领取" });
    await form.getByLabel("送达证明").fill("本人签收");
  });
  await issuer.sees("已送达");
  await issuer.look("delivered");
}

/** The applicant reads the decision, as a page and as a file, and all that happened. */
async function receives(citizen) {
  await citizen.page.reload();
  await citizen.sees("已送达", "受理", "特别程序", "准予");
  await citizen.look("case-done");
  const decision = citizen.page.getByRole("main").getByRole("link", { name: /^准予行政许可决定书/ }).first();
  await citizen.goes(() => decision.click());
  await citizen.sees("准予行政许可决定书");
  await citizen.look("decision");
  const link = await citizen.page.getByRole("link", { name: "下载 PDF" }).first().getAttribute("href");
  const file = await citizen.page.request.get(citizen.site.address + link);
  const head = (await file.body()).subarray(0, 5).toString("latin1");
  if (head !== "%PDF-") throw new Error(`the decision's file is no PDF: ${file.status()} ${head}`);
  await citizen.open("/cases");
  await citizen.sees(ITEM);
  await citizen.look("my-cases");
}
