// Any application form of the demo, filled in by hand with its item's own example: whatever the kind of a field, as a person would.

import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const items = join(dirname(fileURLToPath(import.meta.url)), "../../../crates/yiwang/demo/items");

/** An item of the demo by the name of its file. */
export async function item(slug) {
  return JSON.parse(await readFile(join(items, `${slug}.json`), "utf8"));
}

/** The codes from the province down to a division of twelve digits. */
function chain(code) {
  const cuts = [2, 4, 6, 9, 12].map((it) => code.slice(0, it).padEnd(12, "0"));
  return cuts.filter((it, index) => index === 0 || it !== cuts[index - 1]);
}

/** Fills in one field of the page with its answer. */
async function answer(visitor, name, schema, value) {
  const { page } = visitor;
  const control = page.locator(`[name="${name}"]`);
  if (schema.format === "place") {
    for (const [level, code] of chain(value).entries()) {
      const select = page.locator(`select[name="${name}/${level}"]`);
      await select.locator(`option[value="${code}"]`).waitFor({ state: "attached" });
      await select.selectOption(code);
    }
    return;
  }
  const first = control.first();
  const kind = await first.evaluate((it) => (it.tagName === "SELECT" ? "select" : it.type));
  if (kind === "radio") {
    const wanted = typeof value === "boolean" ? (value ? "yes" : "no") : value;
    await page.locator(`[name="${name}"][value="${wanted}"]`).check();
  } else if (kind === "select") await first.selectOption(String(value));
  else if (kind === "checkbox") await first.setChecked(Boolean(value));
  else {
    const hundredths = ["money-fen", "area-hundredths"].includes(schema.format);
    const text = hundredths ? (value / 100).toFixed(2) : String(value);
    // What the platform knows stands there already.
    if ((await first.inputValue()) !== text) await first.fill(text);
  }
}

/** Fills in the whole form, page by page, from its first page to the materials. */
export async function fillForm(visitor, document) {
  const { form, sample } = document;
  for (const [index, section] of form.layout.entries()) {
    for (const name of section.fields) {
      const value = sample.form[name];
      if (value === undefined || form.calculations?.[name]) continue;
      await answer(visitor, name, form.schema.properties[name], value);
    }
    await visitor.look(`form-${index + 1}`);
    await visitor.press("保存并继续");
  }
}

/** The materials that must be handed in with this answers, by name. */
export function needed(document) {
  const { sample } = document;
  const asked = (it) => !it.condition || sample.form[it.condition.field] === it.condition.equals;
  return document.materials.filter((it) => asked(it) && it.key !== "application").map((it) => it.name);
}
