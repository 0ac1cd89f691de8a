// Handing in files when scripts run: chosen or dragged, they go in pieces, with a progress that is read and heard. Over a broken line, a page
// loaded anew or a server that ended they go on where they were. Without scripts the form sends them at once.
// <form data-upload="CASE" data-material="KEY" data-replaces="the file whose place it takes"> with one <input type="file">; it lies in the element that takes what is dragged.
(() => {
  "use strict";
  const forms = Array.from(document.querySelectorAll("form[data-upload]"));
  if (forms.length === 0) return;

  const API = "/api/v1/uploads";
  const LEAST = 64 * 1024;
  const MOST = 4 * 1024 * 1024;
  const LARGEST = 50 * 1024 * 1024;
  const LONGEST_WAIT = 30;
  const ANSWER_MS = 60_000;
  const UPLOADED = "yiwang-uploaded";
  let active = 0;
  let failed = false;

  // ── SM3 (GB/T 32905), fed piece by piece ──
  const left = (x, n) => (x << n) | (x >>> (32 - n));
  const T = Array.from({ length: 64 }, (_, j) => left(j < 16 ? 0x79cc4519 : 0x7a879d8a, j % 32));
  class Sm3 {
    #state = Int32Array.of(0x7380166f, 0x4914b2b9, 0x172442d7, 0xda8a0600, 0xa96f30bc, 0x163138aa, 0xe38dee4d, 0xb0fb0e4e);
    #words = new Int32Array(68);
    #rest = new Uint8Array(64);
    #held = 0;
    length = 0;
    feed(bytes) {
      this.length += bytes.length;
      let at = 0;
      while (at < bytes.length) {
        const taken = Math.min(64 - this.#held, bytes.length - at);
        this.#rest.set(bytes.subarray(at, at + taken), this.#held);
        this.#held += taken;
        at += taken;
        if (this.#held === 64) { this.#block(new DataView(this.#rest.buffer)); this.#held = 0; }
      }
    }
    #block(block) {
      const w = this.#words;
      for (let j = 0; j < 16; j++) w[j] = block.getInt32(4 * j);
      for (let j = 16; j < 68; j++) {
        const x = w[j - 16] ^ w[j - 9] ^ left(w[j - 3], 15);
        w[j] = x ^ left(x, 15) ^ left(x, 23) ^ left(w[j - 13], 7) ^ w[j - 6];
      }
      let [a, b, c, d, e, f, g, h] = this.#state;
      for (let j = 0; j < 64; j++) {
        const a12 = left(a, 12);
        const s1 = left((a12 + e + T[j]) | 0, 7);
        const t1 = ((j < 16 ? a ^ b ^ c : (a & b) | (a & c) | (b & c)) + d + (s1 ^ a12) + (w[j] ^ w[j + 4])) | 0;
        const t2 = ((j < 16 ? e ^ f ^ g : (e & f) | (~e & g)) + h + s1 + w[j]) | 0;
        d = c; c = left(b, 9); b = a; a = t1;
        h = g; g = left(f, 19); f = e; e = t2 ^ left(t2, 9) ^ left(t2, 17);
      }
      [a, b, c, d, e, f, g, h].forEach((it, n) => { this.#state[n] ^= it; });
    }
    hex() {
      const bits = this.length * 8;
      const end = new Uint8Array((this.#held < 56 ? 64 : 128) - this.#held);
      end[0] = 0x80;
      const view = new DataView(end.buffer);
      view.setUint32(end.length - 8, Math.floor(bits / 2 ** 32));
      view.setUint32(end.length - 4, bits >>> 0);
      this.feed(end);
      return Array.from(this.#state, (it) => (it >>> 0).toString(16).padStart(8, "0")).join("");
    }
  }

  // ── What this browser remembers: which upload a file was, by what tells it again without its name ──
  const kept = {
    all() { try { return Object.keys(localStorage); } catch { return []; } },
    get(key) { try { return localStorage.getItem(key); } catch { return null; } },
    set(key, id) { try { localStorage.setItem(key, id); } catch { /* then it begins anew after a reload */ } },
    drop(key) { try { localStorage.removeItem(key); } catch { /* as it was */ } },
  };
  const place = (form) => `yiwang-upload:${form.dataset.upload}:${form.dataset.material}:${form.dataset.replaces || 0}:`;
  const keyOf = (form, file) => {
    let hash = 0x811c9dc5;
    for (const it of file.name) hash = Math.imul(hash ^ it.codePointAt(0), 0x01000193);
    return `${place(form)}${file.size}:${file.lastModified}:${hash >>> 0}`;
  };

  // ── The API ──
  class Trouble extends Error {
    constructor(status, message) { super(message); this.status = status; }
    /** Whether the same may go well in a while. */
    get passes() { return this.status === 0 || this.status === 408 || this.status === 429 || this.status >= 500; }
  }
  const call = async (method, path, { json, bytes, offset } = {}) => {
    const headers = { accept: "application/json" };
    if (json) headers["content-type"] = "application/json";
    if (bytes) { headers["content-type"] = "application/octet-stream"; headers["upload-offset"] = String(offset); }
    const cut = new AbortController();
    const late = setTimeout(() => cut.abort(), ANSWER_MS);
    const body = json ? JSON.stringify(json) : bytes;
    try {
      const answer = await fetch(API + path, { method, headers, body, credentials: "same-origin", signal: cut.signal });
      const told = answer.status === 204 ? {} : await answer.json().catch(() => ({}));
      if (answer.ok) return told;
      const fault = told.errors && told.errors[0];
      throw new Trouble(answer.status, (fault && fault.message) || told.detail || "没有传成功，请重新选择文件上传。");
    } catch (error) {
      throw error instanceof Trouble ? error : new Trouble(0, "网络不通。");
    } finally {
      clearTimeout(late);
    }
  };
  // Until so many seconds are over, or the line is back.
  const pause = (seconds) => new Promise((go) => {
    const end = () => { clearTimeout(timer); removeEventListener("online", end); go(); };
    const timer = setTimeout(end, seconds * 1000);
    addEventListener("online", end);
  });
  const steady = async (line, act) => {
    for (let tries = 0; ; tries++) {
      try {
        return await act();
      } catch (error) {
        if (!error.passes || line.stopped) throw error;
        const wait = Math.min(LONGEST_WAIT, 2 ** tries);
        const why = error.status === 0 || error.status === 408 ? "网络不通" : "系统繁忙";
        line.waits(`${why}，${wait} 秒后自动接着传。已传的部分都在。`);
        await pause(wait);
        if (line.stopped) throw error;
      }
    }
  };

  // ── One file as a line below the form ──
  const made = (tag, name, text = "") => {
    const it = document.createElement(tag);
    it.className = name;
    it.textContent = text;
    return it;
  };
  class Line {
    stopped = false;
    #said = -1;
    constructor(form, name) {
      this.form = form;
      this.name = name;
      this.row = made("li", "file upload");
      const words = made("div", "file-name");
      this.bar = made("progress", "bar");
      this.bar.max = 100;
      this.bar.value = 0;
      this.bar.setAttribute("aria-label", `${name}的上传进度`);
      this.note = made("span", "file-note");
      words.append(made("span", "", name), this.bar, this.note);
      this.stop = made("button", "button button-link", "取消");
      this.stop.type = "button";
      this.stop.append(made("span", "sr", name));
      const acts = made("div", "file-acts");
      acts.append(this.stop);
      this.row.append(words, acts);
      form.uploads.append(this.row);
    }
    at(received, size) {
      const per = Math.floor((received / size) * 100);
      this.bar.value = per;
      this.row.classList.remove("upload-waits");
      this.note.textContent = `已传 ${per}%`;
      if (Math.floor(per / 25) !== this.#said) {
        this.#said = Math.floor(per / 25);
        this.form.said.textContent = `${this.name}已传 ${per}%`;
      }
    }
    says(text) { this.note.textContent = text; this.form.said.textContent = `${this.name}：${text}`; }
    waits(text) {
      this.row.classList.add("upload-waits");
      if (this.note.textContent !== text) this.says(text);
    }
    fails(error) {
      failed = true;
      this.row.classList.add("upload-bad");
      this.bar.hidden = true;
      this.stop.hidden = true;
      this.says(error.status === 401 ? "登录已过期。" : error.message);
      if (error.status !== 401) return;
      const again = made("a", "", "重新登录后，再选择这个文件，从断的地方接着传");
      again.href = `/login?next=${encodeURIComponent(location.pathname)}`;
      this.note.append(again);
    }
    gone() { this.row.remove(); }
  }

  // ── One file, from its beginning or from where it was ──
  const begin = async (line, file, key) => {
    const known = kept.get(key);
    if (known) {
      try {
        const it = await steady(line, () => call("GET", `/${known}`));
        if (it.made === undefined) return it;
      } catch (error) {
        if (error.status !== 404) throw error;
      }
    }
    const { upload, material, replaces } = line.form.dataset;
    const json = { case: upload, material, name: file.name, size: file.size, replaces: Number(replaces) || null };
    const it = await steady(line, () => call("POST", "", { json }));
    kept.set(key, it.id);
    return it;
  };
  const read = async (file, from, to) => {
    try {
      return new Uint8Array(await file.slice(from, to).arrayBuffer());
    } catch {
      throw new Trouble(1, "这个文件读不出来，可能已经移动或改动过，请重新选择。");
    }
  };
  const send = async (line, file, key) => {
    let it = await begin(line, file, key);
    line.id = it.id;
    const digest = new Sm3();
    for (let at = 0; at < it.received; at += MOST) digest.feed(await read(file, at, Math.min(at + MOST, it.received)));
    let size = it.piece;
    while (it.received < file.size) {
      line.at(it.received, file.size);
      const offset = it.received;
      const bytes = await read(file, offset, Math.min(offset + size, file.size));
      try {
        it = await steady(line, () => call("PATCH", `/${it.id}`, { bytes, offset }).catch((error) => {
          if (error.passes) size = Math.max(LEAST, size / 2);
          throw error;
        }));
        size = Math.min(MOST, size * 2);
      } catch (error) {
        if (error.status !== 409) throw error;
        // It came, and only its answer was lost.
        it = await steady(line, () => call("GET", `/${it.id}`));
        if (it.received !== offset + bytes.length) throw error;
      }
      digest.feed(bytes);
    }
    line.at(file.size, file.size);
    line.says("已传完，正在检查……");
    const sm3 = digest.hex();
    await steady(line, () => call("POST", `/${it.id}/finish`, { json: { sm3 } }));
    kept.drop(key);
  };
  const bring = async (form, file) => {
    const key = keyOf(form, file);
    for (const old of form.paused.splice(0)) if (old.key === key) old.gone(); else form.paused.push(old);
    const line = new Line(form, file.name);
    line.stop.addEventListener("click", () => {
      line.stopped = true;
      if (line.id) call("DELETE", `/${line.id}`).catch(() => {});
      kept.drop(key);
      line.gone();
      form.input.focus();
    });
    try {
      if (file.size === 0) throw new Trouble(1, "这个文件是空的，请重新选择。");
      if (file.size > LARGEST) throw new Trouble(1, "单个文件不能超过 50 MB，请压缩或分成几个文件上传。");
      await send(line, file, key).catch((error) => {
        // Forgotten meanwhile: once more from the beginning.
        if (error.status !== 404 || line.stopped) throw error;
        kept.drop(key);
        return send(line, file, key);
      });
      line.stop.hidden = true;
      line.says("已上传");
      form.done++;
    } catch (error) {
      if ([413, 422].includes(error.status)) kept.drop(key);
      if (!line.stopped) line.fails(error);
    } finally {
      active--;
      if (active === 0) ended(form);
    }
  };
  const ended = (form) => {
    for (const it of forms) it.removeAttribute("aria-busy");
    const done = forms.reduce((sum, it) => sum + it.done, 0);
    // What went wrong stays to be read.
    if (failed || done === 0) return;
    try { sessionStorage.setItem(UPLOADED, `${form.dataset.material}:${done}`); } catch { /* then it is not said */ }
    location.reload();
  };
  const bringAll = async (form, files) => {
    failed = false;
    active += files.length;
    form.setAttribute("aria-busy", "true");
    // One after the other: the line is as broad for one.
    for (const file of files) await bring(form, file);
  };

  // ── The forms ──
  for (const form of forms) {
    form.input = form.querySelector('input[type="file"]');
    form.paused = [];
    form.done = 0;
    form.uploads = made("ul", "files");
    form.said = made("p", "sr");
    form.said.setAttribute("role", "status");
    form.after(form.uploads, form.said);
    for (const it of form.querySelectorAll(".buttons")) it.hidden = true;
    const take = (files) => {
      if (files.length > 0) bringAll(form, Array.from(files));
    };
    form.input.addEventListener("change", () => {
      const files = Array.from(form.input.files);
      form.input.value = "";
      take(files);
    });
    form.addEventListener("submit", (event) => { event.preventDefault(); take(form.input.files); });
    // What is dragged onto a material is added to it; it replaces something only where that was opened.
    const area = form.dataset.replaces ? form : form.closest("section") || form;
    const holds = (event) => event.dataTransfer && Array.from(event.dataTransfer.types).includes("Files");
    area.addEventListener("dragover", (event) => {
      if (!holds(event)) return;
      event.preventDefault();
      form.classList.add("drop");
    });
    area.addEventListener("dragleave", (event) => {
      if (!area.contains(event.relatedTarget)) form.classList.remove("drop");
    });
    area.addEventListener("drop", (event) => {
      if (!holds(event) || event.defaultPrevented) return;
      event.preventDefault();
      form.classList.remove("drop");
      take(event.dataTransfer.files);
    });
  }

  // What was under way when the page went: it goes on once the same file is chosen.
  for (const form of forms) {
    for (const key of kept.all().filter((it) => it.startsWith(place(form)))) {
      call("GET", `/${kept.get(key)}`).then((it) => {
        if (it.made !== undefined) { kept.drop(key); return; }
        const line = new Line(form, it.name);
        line.key = key;
        line.bar.value = Math.floor((it.received / it.size) * 100);
        line.row.classList.add("upload-waits");
        line.note.textContent = `上次传到 ${line.bar.value}%。请再选择这个文件，从断的地方接着传。`;
        line.stop.firstChild.textContent = "不传了";
        line.stop.addEventListener("click", () => {
          call("DELETE", `/${it.id}`).catch(() => {});
          kept.drop(key);
          line.gone();
          form.input.focus();
        });
        form.paused.push(line);
      }, (error) => { if (error.status === 404) kept.drop(key); });
    }
  }
  let uploaded = "";
  try { uploaded = sessionStorage.getItem(UPLOADED) || ""; sessionStorage.removeItem(UPLOADED); } catch { /* not said */ }
  const [material, count] = uploaded.split(":");
  const back = forms.find((it) => it.dataset.material === material && !it.dataset.replaces);
  if (back) {
    back.input.focus({ preventScroll: true });
    (back.closest("section") || back).scrollIntoView({ block: "nearest" });
    back.said.textContent = `${count} 个文件已上传。`;
  }
  addEventListener("beforeunload", (event) => { if (active > 0) event.preventDefault(); });
})();
