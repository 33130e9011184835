// Passkeys: the form asks the server what to ask, the device answers, the form is sent.
// Where a browser cannot, the forms stay hidden and the page says so; nothing else depends on this.
(() => {
  "use strict";
  const able = window.isSecureContext && window.PublicKeyCredential && window.webauthnJSON;

  const ask = async (form) => {
    const answer = await fetch(form.action, { headers: { Accept: "application/json" } });
    if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
    const options = await answer.json();
    const make = form.dataset.passkey === "create";
    return make ? window.webauthnJSON.create(options) : window.webauthnJSON.get(options);
  };

  const prepare = (form) => {
    const button = form.querySelector("button");
    const failed = form.querySelector("[data-failed]");
    form.hidden = false;
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      if (button.disabled) return;
      button.disabled = true;
      failed.hidden = true;
      try {
        form.elements.credential.value = JSON.stringify(await ask(form));
        form.submit();
      } catch {
        failed.hidden = false;
        button.disabled = false;
        button.focus();
      }
    });
  };

  if (able) document.querySelectorAll("form[data-passkey]").forEach(prepare);
  for (const hint of document.querySelectorAll(".hint.js")) hint.hidden = !able;
  for (const said of document.querySelectorAll("[data-unable]")) said.hidden = Boolean(able);
})();
