// Filling in an application form: rows of a group are added and removed in the page, and what the server says of what was typed (it is
// told after each save, see data-autosave) is laid onto the page: what is asked, what is reckoned, what is wrong with what one has left.
// Without scripts the same comes with the next page.
(() => {
  "use strict";
  const all = (selector, root = document) => Array.from(root.querySelectorAll(selector));
  const typed = (form) => form.dispatchEvent(new Event("input", { bubbles: true }));

  // ── Rows ──
  const renumber = (group) => {
    const rows = all("[data-rows-all] > [data-row]", group);
    rows.forEach((row, index) => {
      for (const number of all("[data-row-number]", row)) number.textContent = String(index + 1);
    });
    const add = group.querySelector(".rows-add");
    if (add) add.hidden = rows.length >= Number(group.dataset.most);
    return rows;
  };
  const add = (group) => {
    const rows = all("[data-rows-all] > [data-row]", group);
    const name = group.dataset.rows;
    const used = rows.map((row) => Number(row.dataset.row.split("/")[1]));
    const next = Math.max(-1, ...used) + 1;
    const made = document.createElement("div");
    made.innerHTML = group.querySelector("template").innerHTML.replaceAll(`${name}/-`, `${name}/${next}`);
    const row = made.firstElementChild;
    group.querySelector("[data-rows-all]").append(row);
    renumber(group);
    const first = row.querySelector("input, select, textarea");
    (first || row).focus();
    typed(group.closest("form"));
  };
  const remove = (group, row) => {
    const form = group.closest("form");
    const said = form.querySelector("[data-told]");
    const number = row.querySelector("[data-row-number]").textContent;
    row.remove();
    const left = renumber(group);
    if (said) said.textContent = `已删除第 ${number} ${group.dataset.word}，还有 ${left.length} ${group.dataset.word}。`;
    (left[left.length - 1] || group.querySelector(".rows-title")).focus();
    typed(form);
  };
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-rows] button[name]");
    if (!button) return;
    const group = button.closest("[data-rows]");
    if (button.name === "add") { event.preventDefault(); add(group); }
    if (button.name === "remove") { event.preventDefault(); remove(group, button.closest("[data-row]")); }
  });

  // ── What the server says ──
  // A fault is shown at a field only after one has left it; it is said aloud once.
  const left = new WeakMap();
  const named = (form, name) => form.querySelector(`[data-field="${CSS.escape(name)}"]`);
  const leave = (event) => {
    const field = event.target.closest("[data-field]");
    const form = event.target.closest("form[data-autosave]");
    if (!field || !form) return;
    if (!left.has(form)) left.set(form, new Set());
    left.get(form).add(field.dataset.field);
    if (form.dataset.dirty !== undefined || field.querySelector(".error")) typed(form);
  };
  document.addEventListener("focusout", leave);

  const faultAt = (form, name, message) => {
    const field = named(form, name);
    if (!field || field.matches("[data-rows]")) return false;
    const frame = field.querySelector(".field") || field;
    const control = document.getElementById(name) || field.querySelector("input, select, textarea");
    const old = field.querySelector(".error");
    if (old && old.lastChild && old.lastChild.textContent === message) return false;
    if (old) old.remove();
    frame.classList.toggle("field-bad", Boolean(message));
    if (!message) {
      if (control) {
        control.removeAttribute("aria-invalid");
        const rest = (control.getAttribute("aria-describedby") || "").split(" ").filter((id) => id && id !== `${name}-error`);
        if (rest.length) control.setAttribute("aria-describedby", rest.join(" "));
        else control.removeAttribute("aria-describedby");
      }
      return false;
    }
    const error = document.createElement("p");
    error.className = "error";
    error.id = `${name}-error`;
    const sign = document.createElement("span");
    sign.className = "sr";
    sign.textContent = "错误：";
    const words = document.createElement("span");
    words.textContent = message;
    error.append(sign, words);
    const before = field.querySelector(".hint, .label, legend");
    if (before) before.after(error); else frame.prepend(error);
    if (control) {
      control.setAttribute("aria-invalid", "true");
      const ids = (control.getAttribute("aria-describedby") || "").split(" ").filter(Boolean);
      if (!ids.includes(error.id)) control.setAttribute("aria-describedby", [error.id, ...ids].join(" "));
    }
    return true;
  };

  const levels = (form, name, steps) => {
    const place = form.querySelector(`[data-place="${CSS.escape(name)}"]`);
    if (!place) return;
    const now = all("select", place);
    steps.forEach((step, index) => {
      let select = now[index];
      const offered = select ? Array.from(select.options).slice(1).map((it) => it.value).join() : null;
      if (!select) {
        select = document.createElement("select");
        select.className = "input input-select";
        select.id = index ? `${name}-${index}` : name;
        select.name = `${name}/${index}`;
        select.setAttribute("aria-label", `${place.dataset.title}：第 ${index + 1} 级`);
        place.append(select);
      }
      if (offered !== step.options.map((it) => it[0]).join()) {
        select.replaceChildren(new Option("请选择", ""), ...step.options.map(([code, text]) => new Option(text, code)));
      }
      if (document.activeElement !== select || !select.value) select.value = step.chosen;
    });
    now.slice(steps.length).forEach((select) => select.remove());
  };

  document.addEventListener("saved", (event) => {
    const form = event.target;
    const told = event.detail;
    const hidden = new Set(told.hidden);
    for (const field of all("[data-field]", form)) {
      if (field.closest("template")) continue;
      field.hidden = hidden.has(field.dataset.field);
    }
    for (const [name, words] of told.made) {
      const made = document.getElementById(name);
      if (made) made.textContent = words || "填写后由平台计算";
    }
    for (const [name, steps] of told.places) levels(form, name, steps);
    const wrong = new Map(told.faults);
    const said = [];
    for (const name of left.get(form) || []) {
      const active = named(form, name);
      // Whoever is typing is not told while at it.
      if (active && active.contains(document.activeElement) && !active.querySelector(".error")) continue;
      if (faultAt(form, name, wrong.get(name) || "")) said.push(wrong.get(name));
    }
    const aloud = form.querySelector("[data-told]");
    if (aloud && said.length) aloud.textContent = said.join(" ");
  });

  // The next step of a place is fetched at once, not when typing rests.
  document.addEventListener("change", (event) => {
    const place = event.target.closest("[data-place]");
    if (!place) return;
    let below = false;
    for (const select of all("select", place)) {
      if (below) select.remove();
      if (select === event.target) below = true;
    }
  });
})();
