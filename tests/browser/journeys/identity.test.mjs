// One's own account, by clicking: coming in, in every way; acting for others; proving again who one is; going out everywhere.

import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { after, before, test } from "node:test";

import { Browser, register } from "../../oidc/browser.mjs";
import { launch, Visitor } from "../lib/browser.mjs";
import { appCode, giveDevice, sentCode, setUpApp } from "../lib/identity.mjs";
import { people, startSite } from "../lib/site.mjs";

/** A journey that takes longer hangs. */
const LIMIT = { timeout: 120_000 };
const FIRM = "亳州演示药都文旅有限公司";
const PASSWORD = "谯城的牛肉馍真是香得很";

let site, browser;
before(async () => {
  site = await startSite("identity", { host: "localhost" });
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await site?.stop();
});

/** A test with its visitors, who arrive when called, leave when it ends, and show where they stood if it fails. */
function journey(words, live) {
  test(words, LIMIT, async () => {
    const visitors = [];
    const arrive = async (called, how = {}) => {
      visitors.push(await Visitor.arrive(browser, site, { called: `identity-${called}`, ...how }));
      return visitors.at(-1);
    };
    try {
      await live(arrive);
      for (const it of visitors) await it.leave();
    } catch (error) {
      for (const it of visitors) await it.stumble();
      throw error;
    }
  });
}

/** Name and password, without saying that this is enough. */
async function password(visitor, login, text) {
  await visitor.open("/login");
  await visitor.type("登录名或身份证号", login);
  await visitor.type("密码", text);
  await visitor.press("登录");
}

async function signOut(visitor) {
  await visitor.goes(() => visitor.page.getByRole("button", { name: "退出", exact: true }).first().click());
  await visitor.sees("您已安全退出");
}

journey("a grandmother's neighbour registers on a phone, in three steps, with a code out of the box", async (arrive) => {
  const visitor = await arrive("registering", { size: "phone" });
  await visitor.open("/register");
  await visitor.look("who");
  await visitor.type("姓名", "何小满");
  await visitor.type("证件号码", "341602199001010011");
  await visitor.press("下一步");
  await visitor.sees("校验码");
  await visitor.look("wrong-number");
  await visitor.type("证件号码", "341602199001010012");
  await visitor.press("下一步");
  await visitor.look("telephone");
  await visitor.type("手机号", "13900000066");
  await visitor.press("获取验证码");
  await visitor.look("code");
  await visitor.type("验证码", await sentCode(visitor, "0066"));
  await visitor.press("下一步");
  await visitor.type("登录名", "hexiaoman");
  await visitor.type("密码", "yiwang");
  await visitor.press("完成注册");
  await visitor.sees("密码至少 10 个字");
  await visitor.look("short-password");
  await visitor.type("密码", PASSWORD);
  await visitor.press("完成注册");
  await visitor.sees("注册成功");
  await password(visitor, "hexiaoman", PASSWORD);
  await visitor.sees("何小满", "未核验");
});

/** Starts an application of the item that these words find; gives where its draft is. */
async function applies(visitor, words, item) {
  await visitor.open(`/search?q=${encodeURIComponent(words)}`);
  await visitor.follow(item);
  await visitor.follow("在线申请");
  await visitor.press("开始填写");
  return new URL(visitor.page.url()).pathname;
}

journey("a representative invites an agent, who acts for the enterprise within bounds, and can no longer once it is ended", async (arrive) => {
  const boss = await arrive("boss");
  await boss.signIn("haitao");
  await boss.open("/me/enterprises");
  await boss.follow(FIRM, { exact: true });
  await boss.follow("邀请经办人");
  await boss.type("对方姓名", people.xiaomei.name);
  await boss.type("对方手机号", "123");
  await boss.choose("可以代办", "只办指定的事项");
  await boss.type("找事项", "户外广告");
  await boss.press("查找事项");
  await boss.page.getByRole("group", { name: "指定的事项" }).getByRole("checkbox").first().check();
  await boss.press("发出邀请");
  await boss.look("wrong-telephone");
  await boss.type("对方手机号", people.xiaomei.mobile);
  await boss.press("发出邀请");
  await boss.sees("邀请已发出");

  const agent = await arrive("agent", { size: "phone" });
  await agent.signIn("xiaomei");
  await agent.open("/me/mandates");
  await agent.look("invited");
  await agent.press(new RegExp(`^接受\\s*${FIRM}`));
  await agent.open("/me/acting");
  await agent.press(new RegExp(`^切换\\s*为${FIRM}`));
  await agent.sees(`现在代 ${FIRM} 办事`);
  const draft = await applies(agent, "挂广告牌", "设置大型户外广告");
  await agent.sees(`现在代 ${FIRM} 办事`);
  await agent.look("draft");
  await agent.open("/search?q=" + encodeURIComponent("开饭店"));
  await agent.follow("食品经营许可（首次申请）");
  await agent.follow("在线申请");
  await agent.sees("代办范围");

  await boss.open("/me/enterprises");
  await boss.follow(FIRM, { exact: true });
  await boss.page.getByText(`终止对${people.xiaomei.name}的授权`).click();
  await boss.press("确认终止，立即生效");
  await boss.look("ended");
  assert.equal(await agent.open(draft), 409, "the enterprise's draft is no longer hers");
  await agent.sees("为原来的申请人填写");
  await agent.open("/me/acting");
  await agent.seesNo(FIRM);
  agent.faults();
});

journey("a passkey is set up, and is enough to sign in with; a second browser is asked for it or a recovery code", async (arrive) => {
  const owner = await arrive("passkey");
  await giveDevice(owner);
  await owner.signIn("zhiyuan");
  await owner.open("/me/factors");
  await owner.look("none-yet");
  await owner.type("给它起个名字", "办公室电脑");
  await owner.press("添加通行密钥");
  await owner.sees("请保存恢复码");
  const [code] = await owner.page.locator("li.code").allInnerTexts();
  await owner.follow("已经保存好，继续");
  await owner.sees("办公室电脑", "两步验证已开启");
  await owner.look("set-up");
  await signOut(owner);
  await owner.open("/login");
  await owner.press("用通行密钥登录");
  await owner.sees(people.zhiyuan.name);
  await owner.look("in-by-passkey");

  const elsewhere = await arrive("elsewhere", { size: "phone" });
  await password(elsewhere, "zhiyuan", people.zhiyuan.password);
  await elsewhere.look("second-step");
  await elsewhere.type("恢复码", code);
  await elsewhere.press("登录");
  await elsewhere.sees(people.zhiyuan.name);
});

journey("an app is set up on a phone; with it, or once with each recovery code, one signs in", async (arrive) => {
  const owner = await arrive("app", { size: "phone" });
  await owner.signIn("defu");
  await owner.open("/me/factors");
  const { secret, codes } = await setUpApp(owner, "添加动态验证码");
  await owner.follow("已经保存好，继续");
  await signOut(owner);
  const second = async (code) => {
    await password(owner, "defu", people.defu.password);
    await owner.sees("两步验证");
    await owner.type("验证码", code);
    await owner.press("登录");
  };
  await second("123456");
  await owner.sees("验证码不对");
  await owner.look("wrong-code");
  await owner.type("验证码", appCode(secret, 1));
  await owner.press("登录");
  await owner.sees(people.defu.name);
  await signOut(owner);
  await second(codes[0]);
  await owner.sees(people.defu.name);
  await signOut(owner);
  await second(codes[0]);
  await owner.sees("验证码不对");
});

journey("a desk is signed in to by a phone that says yes", async (arrive) => {
  const phone = await arrive("phone", { size: "phone" });
  const desk = await arrive("desk");
  await phone.signIn("guilan");
  await desk.open("/login/qr");
  await desk.look("waiting");
  await desk.press("手机上已同意，继续");
  await desk.sees("手机上还没有同意");
  // What the phone's camera reads is the address of this code.
  const code = await desk.page.locator('input[name="code"]').inputValue();
  await phone.open(`/qr/${code}`);
  await phone.look("asked");
  await phone.press("同意登录");
  await phone.sees("已同意");
  await desk.page.waitForURL("**/me");
  await desk.sees(people.guilan.name);
  await phone.open(`/qr/${code}`);
  await phone.sees("已经用过或者过期");
  phone.faults();
});

/** A department's system at which the visitor signs in with the account here; gives what the system may ask of the token. */
async function departmentSystem(visitor) {
  const callback = "https://app.example.gov.cn/callback";
  const admin = new Browser(site.address);
  await admin.signIn("guanli");
  await admin.get("/desk/authorities");
  const office = admin.page.match(/<span class="code">([0-9A-Z]{18})<\/span>/)[1];
  const { id, secret } = await register(admin, { office, name: "公积金系统", redirects: callback });
  const verifier = randomBytes(32).toString("base64url");
  const challenge = createHash("sha256").update(verifier).digest("base64url");
  const asked = { client_id: id, redirect_uri: callback, response_type: "code", scope: "openid", state: randomBytes(16).toString("hex"), nonce: randomBytes(16).toString("hex") };
  const query = new URLSearchParams({ ...asked, code_challenge: challenge, code_challenge_method: "S256" });
  await visitor.context.route(`${callback}*`, (it) => it.fulfill({ contentType: "text/html", body: "<h1>back</h1>" }));
  await visitor.open(`/oauth/authorize?${query}`);
  await visitor.look("consent");
  await visitor.press("同意并登录");
  await visitor.page.waitForURL(`${callback}*`);
  const code = new URL(visitor.page.url()).searchParams.get("code");
  const authorization = `Basic ${Buffer.from(`${id}:${secret}`).toString("base64")}`;
  const send = async (path, fields) => {
    const answer = await fetch(site.address + path, { method: "POST", headers: { authorization }, body: new URLSearchParams(fields) });
    return answer.json();
  };
  const given = await send("/oauth/token", { grant_type: "authorization_code", code, redirect_uri: callback, code_verifier: verifier });
  return async () => (await send("/oauth/introspect", { token: given.access_token })).active;
}

journey("going out everywhere ends the other browser and what another system was given", async (arrive) => {
  const here = await arrive("here", { size: "phone" });
  const there = await arrive("there");
  for (const it of [here, there]) await it.signIn("xiaomei");
  const active = await departmentSystem(there);
  assert.equal(await active(), true);
  await here.open("/me");
  await here.look("devices");
  await here.press("全部退出（包括本机和其他系统）");
  await here.sees("登录");
  await there.open("/me");
  await there.sees("登录名或身份证号");
  assert.equal(await active(), false);
});

journey("what decides asks again who it is once that is long ago, and keeps what was typed", async (arrive) => {
  const decider = await arrive("decider");
  await decider.signIn("shenpi-minsheng");
  await decider.open("/desk");
  const row = decider.page.locator("tr", { hasText: "残疾人证" });
  await decider.goes(() => row.getByRole("link").first().click());
  await site.growOld(31);
  await decider.act("准予通过", (form) => form.getByLabel("审批意见").fill("同意。<符合条件>"));
  await decider.sees("请确认是您本人", "审批办件");
  // The answer is a refusal until it is proven.
  assert.equal(decider.faults().filter((it) => !it.includes("403")).length, 0);
  await decider.look("asked-again");
  await decider.type("密码，或者动态验证码", "不是这个密码呀呀");
  await decider.press("确认，继续");
  await decider.sees("密码不正确");
  await decider.look("wrong-password");
  await decider.type("密码，或者动态验证码", people["shenpi-minsheng"].password);
  await decider.press("确认，继续");
  await decider.page.waitForURL("**/desk/cases/*");
  await decider.sees("已办理：准予通过", "同意。<符合条件>");
  await decider.look("decided");
});

/** Registers somebody whom the demo did not make up, without a browser. */
async function registers({ name, number, mobile, login }) {
  const browser = new Browser(site.address);
  const known = { name, paper: "citizen", number };
  await browser.get("/register");
  await browser.send("/register", { step: "who", ...known });
  await browser.send("/register", { step: "phone", ...known, mobile });
  const handle = browser.field("handle");
  await browser.get("/demo/messages");
  const box = browser.page.slice(browser.page.indexOf("<main"));
  const code = box.match(/(?<!\d)\d{6}(?!\d)/)[0];
  await browser.get("/register");
  const done = await browser.send("/register", { step: "password", ...known, mobile, handle, code, login, password: PASSWORD });
  assert.match(done.page, /注册成功/, done.page);
}

journey("whoever is given a post sets up a second factor before anything else", async (arrive) => {
  const number = "341602199002020028";
  await registers({ name: "秦小雨", number, mobile: "13900000067", login: "qinxiaoyu" });
  const admin = await arrive("admin");
  await admin.signIn("guanli");
  await admin.open("/desk/people");
  await admin.type("身份证号", number);
  await admin.page.getByRole("complementary").getByRole("button").click();
  await admin.sees("秦小雨");
  await admin.type("在哪里", "谯城区民政局");
  await admin.page.locator("#code").selectOption({ label: "受理" });
  await admin.press("授予岗位");
  await admin.look("granted");

  const officer = await arrive("officer", { size: "phone" });
  await password(officer, "qinxiaoyu", PASSWORD);
  await officer.look("enrol");
  await setUpApp(officer, "用动态验证码");
  await officer.follow("已经保存好，继续");
  await officer.sees("秦小雨");
  await admin.follow("两步验证");
  await admin.sees("动态验证码、恢复码");
  await admin.press("重置两步验证");
  await admin.look("no-reason");
  await admin.type("重置原因", "手机丢失，已当面核实");
  await admin.press("重置两步验证");
  await admin.sees("已重置，并已通知本人");
});
