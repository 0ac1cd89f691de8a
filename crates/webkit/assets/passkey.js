// Passkeys, and the desk that waits for a telephone: what cannot be done without a script.
(() => {
  "use strict";
  const bytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (it) => it.charCodeAt(0));
  const text = (buffer) =>
    btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

  // <form data-passkey="create|get" data-options="URL" hidden>: asks for the options, then the device, and sends the answer.
  for (const form of document.querySelectorAll("form[data-passkey]")) {
    if (!window.PublicKeyCredential || !navigator.credentials) continue;
    form.hidden = false;
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const said = form.querySelector("[data-passkey-said]");
      said.textContent = "";
      const asked = new FormData(form);
      try {
        const answer = await fetch(form.dataset.options, { method: "POST", body: new URLSearchParams({ csrf: asked.get("csrf") }) });
        if (!answer.ok || answer.redirected) throw new Error(`${answer.status}`);
        const { ceremony, options } = await answer.json();
        const known = options.publicKey;
        known.challenge = bytes(known.challenge);
        for (const it of known.excludeCredentials || []) it.id = bytes(it.id);
        for (const it of known.allowCredentials || []) it.id = bytes(it.id);
        if (known.user) known.user.id = bytes(known.user.id);
        const make = form.dataset.passkey === "create";
        const made = await (make ? navigator.credentials.create({ publicKey: known }) : navigator.credentials.get({ publicKey: known }));
        const response = { clientDataJSON: text(made.response.clientDataJSON) };
        if (make) {
          response.attestationObject = text(made.response.attestationObject);
        } else {
          response.authenticatorData = text(made.response.authenticatorData);
          response.signature = text(made.response.signature);
          if (made.response.userHandle) response.userHandle = text(made.response.userHandle);
        }
        const credential = { id: made.id, rawId: text(made.rawId), type: made.type, response, extensions: {} };
        form.elements.ceremony.value = ceremony;
        form.elements.credential.value = JSON.stringify(credential);
        form.submit();
      } catch (error) {
        const refused = error && error.name === "NotAllowedError";
        said.textContent = refused ? "没有完成，可以再试一次，或改用其他方式。" : "这台设备现在用不了通行密钥，请改用其他方式。";
        for (const button of form.querySelectorAll("button")) button.disabled = false;
      }
    });
  }

  // <form data-wait="URL">: goes on by itself once the telephone has answered.
  const waiting = document.querySelector("form[data-wait]");
  if (waiting) {
    const look = async () => {
      const answer = await fetch(waiting.dataset.wait).catch(() => null);
      const state = answer && answer.ok ? await answer.text() : "waiting";
      if (state === "waiting") setTimeout(look, 2000);
      else waiting.submit();
    };
    setTimeout(look, 2000);
  }
})();
