// What pages gain when scripts run; all of them work without. No globals, no libraries, no inline handlers.
(() => {
  "use strict";
  const all = (selector, root = document) => Array.from(root.querySelectorAll(selector));

  // Whoever sent a form with errors is taken to the list of them; each link goes into its field.
  const summary = document.querySelector("[data-error-summary]");
  if (summary) summary.focus();
  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-error-summary] a");
    if (!link) return;
    const field = document.getElementById(decodeURIComponent(link.hash.slice(1)));
    if (!field) return;
    event.preventDefault();
    const start = document.querySelector(`label[for="${CSS.escape(field.id)}"]`) || field;
    start.scrollIntoView({ block: "start" });
    field.focus({ preventScroll: true });
  });

  // <form data-submit>: sent by itself, on the way to another system.
  const onward = document.querySelector("form[data-submit]");
  if (onward) onward.submit();

  // <textarea data-count maxlength="500">: how many characters are left, said aloud once typing rests.
  for (const area of all("textarea[data-count]")) {
    const seen = document.createElement("p");
    const said = document.createElement("p");
    seen.className = "count-note";
    seen.setAttribute("aria-hidden", "true");
    said.className = "sr";
    said.setAttribute("role", "status");
    area.after(seen, said);
    let rest = 0;
    const show = (aloud) => {
      const left = area.maxLength - area.value.length;
      seen.textContent = `已写 ${area.value.length} 字，还可写 ${left} 字`;
      clearTimeout(rest);
      if (aloud) rest = setTimeout(() => { said.textContent = `还可写 ${left} 字`; }, 1200);
    };
    area.addEventListener("input", () => show(true));
    show(false);
  }

  // <input list="often" data-suggest="/api/v1/search/suggestions">: the list follows what is typed. Without scripts the list stays
  // as it came with the page.
  for (const box of all("input[data-suggest]")) {
    const list = box.list;
    if (!list) continue;
    let rest = 0;
    let asked = "";
    const ask = async () => {
      const typed = box.value.trim();
      if (!typed || typed === asked) return;
      asked = typed;
      const answer = await fetch(`${box.dataset.suggest}?q=${encodeURIComponent(typed)}`).catch(() => null);
      if (!answer || !answer.ok || asked !== typed) return;
      const found = await answer.json();
      list.replaceChildren(...found.map((text) => {
        const option = document.createElement("option");
        option.value = text;
        // Browsers show only what holds what was typed; pinyin stands in no name.
        if (!text.includes(typed)) option.label = typed;
        return option;
      }));
    };
    box.addEventListener("input", (event) => {
      if (event.isComposing) return;
      clearTimeout(rest);
      rest = setTimeout(ask, 150);
    });
    box.addEventListener("compositionend", ask);
  }

  // <form data-autosave="/drafts/1/save"> with <p class="saved" role="status" data-saved></p>: what is typed is kept a second
  // after it is typed. The server answers 2xx, with the draft's new version if the form holds a field `version`: as text, or as `version`
  // of a JSON object, which the form is told as the event `saved`.
  const clock = () => new Date().toLocaleTimeString("zh-CN", { hour: "2-digit", minute: "2-digit", hour12: false });
  for (const form of all("form[data-autosave]")) {
    const status = form.querySelector("[data-saved]");
    let timer = 0;
    let saving = false;
    let again = false;
    let sending = null;
    const tell = (text, fault) => {
      if (!status) return;
      status.textContent = text;
      status.classList.toggle("saved-fault", fault);
    };
    const save = async () => {
      if (saving) { again = true; return; }
      saving = true;
      again = false;
      try {
        const fields = new FormData(form);
        for (const [name, value] of Array.from(fields)) if (value instanceof File) fields.delete(name);
        const answer = await fetch(form.dataset.autosave, {
          method: "POST", credentials: "same-origin", redirect: "error",
          headers: { accept: "application/json, text/plain" }, body: new URLSearchParams(fields),
        });
        if (!answer.ok) throw new Error(String(answer.status));
        const json = (answer.headers.get("content-type") || "").startsWith("application/json");
        const told = json ? await answer.json() : { version: (await answer.text()).trim() };
        if (/^\d+$/.test(told.version) && form.elements.version) form.elements.version.value = told.version;
        if (!again) delete form.dataset.dirty;
        if (json && !again) form.dispatchEvent(new CustomEvent("saved", { bubbles: true, detail: told }));
        tell(`已保存 ${clock()}`, false);
      } catch {
        tell("没有保存成功，请检查网络；您填写的内容还在本页。", true);
      } finally {
        saving = false;
        if (sending) form.requestSubmit(sending.by);
        else if (again) save();
      }
    };
    form.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(save, 1000); });
    // Sent while a save is under way, the form would carry the version before it and be refused: it waits for the new one.
    form.addEventListener("submit", (event) => {
      clearTimeout(timer);
      if (!saving) return;
      event.preventDefault();
      sending = { by: event.submitter };
    });
  }

  // Forms marked data-guard or data-autosave ask before one leaves with unsaved work.
  for (const form of all("form[data-guard], form[data-autosave]")) {
    form.addEventListener("input", () => { form.dataset.dirty = "yes"; });
    form.addEventListener("submit", () => { delete form.dataset.dirty; });
  }
  addEventListener("beforeunload", (event) => {
    if (document.querySelector("form[data-dirty]")) event.preventDefault();
  });

  // A POST form is sent once; coming back to the page makes it sendable again.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method !== "post") return;
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "yes";
    form.setAttribute("aria-busy", "true");
  });
  addEventListener("pageshow", () => {
    for (const form of all("form[data-sent]")) {
      delete form.dataset.sent;
      form.removeAttribute("aria-busy");
    }
  });

  // Menus close on Escape and when one goes elsewhere.
  const close = (menu, back) => {
    menu.open = false;
    if (back) menu.querySelector("summary").focus();
  };
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of all("details.menu[open]")) close(menu, menu.contains(document.activeElement));
  });
  document.addEventListener("click", (event) => {
    for (const menu of all("details.menu[open]")) if (!menu.contains(event.target)) close(menu, false);
  });

  // <button type="button" data-print hidden>: shown only where it can work.
  for (const button of all("[data-print]")) {
    button.hidden = false;
    button.addEventListener("click", () => print());
  }
})();
