// What desks gain when scripts run: keys for lists and acts, phrases put into an opinion. Every page works without.
(() => {
  "use strict";
  const all = (selector) => Array.from(document.querySelectorAll(selector));

  // <button type="button" data-insert="ID" hidden>text</button>: puts its text into the field where the cursor is, or at its end.
  for (const button of all("button[data-insert]")) {
    button.hidden = false;
    button.addEventListener("click", () => {
      const field = document.getElementById(button.dataset.insert);
      if (!field) return;
      field.focus();
      field.setRangeText(button.dataset.text, field.selectionStart, field.selectionEnd, "end");
      field.dispatchEvent(new Event("input", { bubbles: true }));
    });
  }

  // <form data-preview="/desk/…/try">: what is typed is laid out again into [data-preview-here] once typing rests.
  for (const form of all("form[data-preview]")) {
    const place = document.querySelector("[data-preview-here]");
    let timer = 0;
    let asked = 0;
    const lay = async () => {
      const mine = ++asked;
      const answer = await fetch(form.dataset.preview, {
        method: "POST", credentials: "same-origin", redirect: "error",
        headers: { accept: "text/html" }, body: new URLSearchParams(new FormData(form)),
      }).catch(() => null);
      if (answer && answer.ok && mine === asked) place.innerHTML = await answer.text();
    };
    form.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(lay, 500); });
    // <button data-put="{申请人}" hidden>: into the field that one was in last.
    let field = null;
    form.addEventListener("focusin", (event) => { if (event.target.matches("textarea")) field = event.target; });
    for (const button of form.querySelectorAll("button[data-put]")) {
      button.hidden = false;
      button.addEventListener("click", () => {
        const into = field || form.querySelector("textarea");
        if (!into) return;
        into.focus();
        into.setRangeText(button.dataset.put, into.selectionStart, into.selectionEnd, "end");
        into.dispatchEvent(new Event("input", { bubbles: true }));
      });
    }
  }

  // Keys: <a data-key="n" data-words="写备注">: the key follows the link, presses the button, or goes to the field. j and k walk over
  // <table data-rows>, x ticks the row. «?» tells them all; there they are turned off (WCAG 2.1.4) for this browser.
  const OFF = "yiwang-keys-off";
  const rows = all("table[data-rows] tbody tr");
  const keyed = all("[data-key]");
  if (rows.length === 0 && keyed.length === 0) return;
  const off = () => { try { return localStorage.getItem(OFF) === "yes"; } catch { return false; } };
  const turn = (yes) => { try { if (yes) localStorage.setItem(OFF, "yes"); else localStorage.removeItem(OFF); } catch { /* as it was */ } };

  const step = (by) => {
    const here = rows.findIndex((row) => row.contains(document.activeElement));
    const next = rows[Math.min(rows.length - 1, Math.max(0, here < 0 ? 0 : here + by))];
    const link = next && next.querySelector("a");
    if (!link) return;
    link.focus();
    next.scrollIntoView({ block: "nearest" });
  };
  const tick = () => {
    const row = rows.find((it) => it.contains(document.activeElement));
    const box = row && row.querySelector('input[type="checkbox"]');
    if (box) box.click();
  };
  const follow = (element) => {
    if (element.matches("a, button")) element.click();
    else {
      const fold = element.closest("details");
      if (fold) fold.open = true;
      element.focus();
      element.scrollIntoView({ block: "center" });
    }
  };

  const help = document.createElement("dialog");
  help.className = "keys";
  help.setAttribute("aria-labelledby", "keys-title");
  const line = (key, words) => {
    const item = document.createElement("li");
    const shown = document.createElement("kbd");
    shown.textContent = key;
    item.append(shown, ` ${words}`);
    return item;
  };
  const tell = () => {
    const title = document.createElement("h2");
    title.id = "keys-title";
    title.textContent = "快捷键";
    const list = document.createElement("ul");
    if (rows.length > 0) {
      list.append(line("j", "下一件"), line("k", "上一件"), line("Enter", "打开"));
      if (document.querySelector('table[data-rows] input[type="checkbox"]')) list.append(line("x", "勾选"));
    }
    for (const it of keyed) list.append(line(it.dataset.key, it.dataset.words));
    list.append(line("?", "显示这张表"));
    const label = document.createElement("label");
    const box = document.createElement("input");
    box.type = "checkbox";
    box.checked = off();
    box.addEventListener("change", () => turn(box.checked));
    label.append(box, " 在这台电脑上关闭快捷键（「?」仍然可用）");
    const shut = document.createElement("button");
    shut.className = "button button-secondary";
    shut.type = "button";
    shut.textContent = "关闭";
    shut.addEventListener("click", () => help.close());
    help.replaceChildren(title, list, label, shut);
    if (!help.isConnected) document.body.append(help);
    help.showModal();
  };

  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
    if (event.target.closest("input:not([type=checkbox]):not([type=radio]), textarea, select, dialog, [contenteditable]")) return;
    if (event.key === "?") { event.preventDefault(); tell(); return; }
    if (off()) return;
    const found = keyed.find((it) => it.dataset.key === event.key);
    if (event.key === "j" && rows.length > 0) step(1);
    else if (event.key === "k" && rows.length > 0) step(-1);
    else if (event.key === "x" && rows.length > 0) tick();
    else if (found) follow(found);
    else return;
    event.preventDefault();
  });
})();
