// A department's own list goes in with the mouse alone: its columns, the check, the drafts; and everything goes out again.

import { after, before, test } from "node:test";

import { launch, Visitor } from "../lib/browser.mjs";
import { startSite } from "../lib/site.mjs";

/** A journey that takes longer hangs. */
const LIMIT = { timeout: 300_000 };
/** A list as a department keeps it: a row that is good, a row that is not, words that look like markup, a column of its own. */
const LIST = [
  "基本编码,地方编码,事项名称,承诺时限,经办人备注",
  "342017903000,GJJ-ZF,租房提取住房公积金,1,<b>每年一次</b>",
  "342017903000,GJJ-HD,偿还贷款提取住房公积金,三天,",
].join("\r\n");

let site, browser;
before(async () => {
  site = await startSite("exchange");
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await site?.stop();
});

for (const size of ["phone", "desk"]) {
  test(`a department's list becomes drafts, on a ${size}`, LIMIT, async () => {
    const keeper = await Visitor.arrive(browser, site, { size, called: "list-keeper" });
    try {
      await keeper.signIn("mulu");
      await keeper.open("/desk/items");
      await keeper.sees("部门和完整度");
      await keeper.look("departments");
      await keeper.follow("亳州市住房公积金管理中心", { exact: true });
      await keeper.follow("导入、导出", { exact: true });
      await keeper.look("exchange");
      const buffer = Buffer.from(LIST.replaceAll("GJJ", size));
      await keeper.page.getByLabel("文件").setInputFiles({ name: "公积金清单.csv", mimeType: "text/csv", buffer });
      await keeper.press("上传，核对列");
      await keeper.sees("经办人备注", "<b>每年一次</b>");
      await keeper.look("columns");
      await keeper.press("检查");
      await keeper.page.getByRole("button", { name: "导入 1 个事项" }).waitFor();
      await keeper.sees("三天");
      await keeper.look("checked");
      await keeper.press("导入 1 个事项");
      await keeper.page.getByText("导入完成").waitFor();
      await keeper.look("imported");
      await keeper.open("/desk/items/offices");
      await keeper.follow("亳州市住房公积金管理中心", { exact: true });
      await keeper.follow("导入、导出", { exact: true });
      await keeper.sees("公积金清单.csv");
      await keeper.look("exchange-again");
      await keeper.leave();
    } catch (error) {
      await keeper.stumble();
      throw error;
    }
  });
}
