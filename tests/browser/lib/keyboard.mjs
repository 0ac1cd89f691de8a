// Somebody who has no mouse: Tab, Shift+Tab, Enter, Space, arrows and letters, and eyes for where the focus is.

import assert from "node:assert/strict";

/** So many presses of Tab before what is sought counts as out of reach. */
const TABS_MAX = 150;

/** What has the focus, in the words of who reads it aloud, and whether it can be seen to have it. */
function focused() {
  const it = document.activeElement;
  if (!it || it === document.body) return { name: "", role: "", shown: true, marked: true, inMain: false };
  const labels = [...(it.labels ?? [])].map((label) => label.textContent);
  const name = (it.getAttribute("aria-label") ?? (labels.join(" ") || it.textContent || "")).replace(/\s+/g, " ").trim();
  const box = it.getBoundingClientRect();
  const marked = (element) => {
    const style = getComputedStyle(element);
    return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
  };
  // A field may leave the mark to the frame around it; what is chosen with a hidden control is marked at its label.
  const around = [it, it.parentElement, it.closest("form"), ...(it.labels ?? [])].filter(Boolean);
  const shown = box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth;
  return { name, role: it.tagName.toLowerCase(), type: it.type ?? "", row: it.closest("tr")?.textContent ?? "", shown, marked: around.some(marked), inMain: it.closest("main") !== null };
}

/** One person at the keys. */
export class Keys {
  constructor(visitor) {
    this.visitor = visitor;
    this.page = visitor.page;
  }

  /** Where the focus is. */
  focus() {
    return this.page.evaluate(focused);
  }

  /** The focus is where the eye finds it: within the window, and marked. */
  seen(at) {
    assert.ok(at.shown, `what has the focus, «${at.name}» (${at.role}), is within the window of ${this.page.url()}`);
    assert.ok(at.marked, `the focus at «${at.name}» (${at.role}) is marked on ${this.page.url()}`);
  }

  /**
   * Presses Tab until the focus is at what has this name; all that is passed on the way is seen to be. Gives what was passed.
   * @param {{ row?: string, back?: boolean }} where `row`: in the row of a table that has these words
   */
  async to(name, { row = "", back = false } = {}) {
    const named = (it) => (name instanceof RegExp ? name.test(it.name) : it.name.startsWith(name));
    const meant = (it) => named(it) && it.row.includes(row);
    const passed = [];
    for (let n = 0; n < TABS_MAX; n += 1) {
      await this.page.keyboard.press(back ? "Shift+Tab" : "Tab");
      const at = await this.focus();
      this.seen(at);
      if (meant(at)) return passed;
      passed.push(at.name);
    }
    throw new Error(`${name} is not reached by Tab on ${this.page.url()}; passed: ${passed.join(" | ")}`);
  }

  /** Types where the focus is, in place of what stands there. */
  async type(text) {
    await this.page.keyboard.press("Control+A");
    await this.page.keyboard.type(text);
  }

  /** To a field, and types into it. */
  async fill(name, text) {
    await this.to(name);
    await this.type(text);
  }

  /** Presses a key that leads to another page. */
  async go(key = "Enter") {
    await this.visitor.goes(() => this.page.keyboard.press(key));
  }

  /** To a link or button, and through it. */
  async through(name, where = {}) {
    await this.to(name, where);
    await this.go();
  }

  /** Chooses one of a group of which one is chosen at a time: Tab enters the group, arrows move in it. */
  async choose(option) {
    for (let n = 0; n < TABS_MAX; n += 1) {
      await this.page.keyboard.press("Tab");
      if ((await this.focus()).type === "radio") break;
    }
    await this.page.keyboard.press("Space");
    for (let n = 0; n < 20; n += 1) {
      const at = await this.focus();
      this.seen(at);
      if (at.name === option) return;
      await this.page.keyboard.press("ArrowDown");
    }
    throw new Error(`«${option}» is not reached by arrows on ${this.page.url()}`);
  }
}
