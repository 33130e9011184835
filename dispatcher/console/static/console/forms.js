// Without this file the forms work; with it what was typed outlives a lost line and an ended session.
// A form that is sent is kept in this tab, with its marks, until a page says that it arrived.
(() => {
  "use strict";
  const LASTS = 3_600_000; // ms
  const PATIENCE = 2_000; // ms
  let warned = 0;
  const { who = "", came = "" } = document.body.dataset;
  const door = came === "door";
  const name = (form) =>
    `kept ${who} ${location.pathname} ${new URL(form.getAttribute("action") || "", location.href).pathname}`;
  const forms = () => [...document.querySelectorAll("main form[method=post]:not([data-answer=file])")];
  const show = (id) => {
    const note = document.getElementById(id);
    if (!note) return;
    note.hidden = false;
    note.scrollIntoView({ block: "nearest" });
  };

  const store = (key, value) => {
    try {
      if (value === null) sessionStorage.removeItem(key);
      else sessionStorage.setItem(key, JSON.stringify(value));
    } catch {
      // a full or forbidden store: the form is sent all the same
    }
  };
  const held = (key) => {
    try {
      return JSON.parse(sessionStorage.getItem(key));
    } catch {
      return null;
    }
  };

  const secret = (form, field) =>
    field === "csrfmiddlewaretoken" || form.querySelector(`[type=password][name="${CSS.escape(field)}"]`);

  const keep = (form) => {
    const fields = [...new FormData(form)].filter(
      ([field, value]) => typeof value === "string" && !secret(form, field),
    );
    store(name(form), { at: Date.now(), fields });
  };

  const fill = (form, fields) => {
    const left = new Map();
    for (const [field, value] of fields) left.set(field, [...(left.get(field) || []), value]);
    for (const one of form.elements) {
      if (!one.name || ["file", "password", "submit"].includes(one.type) || secret(form, one.name)) continue;
      const values = left.get(one.name) || [];
      const before = one.type === "checkbox" || one.type === "radio" ? one.checked : one.value;
      if (typeof before === "boolean") one.checked = values.includes(one.value);
      else if (one.multiple) for (const choice of one.options) choice.selected = values.includes(choice.value);
      else if (values.length) one.value = values.shift();
      if (before !== (typeof before === "boolean" ? one.checked : one.value) && one.type !== "hidden") {
        const fold = one.closest("details");
        if (fold) fold.open = true;
        one.dispatchEvent(new Event("input", { bubbles: true }));
        one.dispatchEvent(new Event("change", { bubbles: true }));
      }
    }
    const names = new Set([...form.elements].map((one) => one.name));
    return [...left].filter(([field]) => !names.has(field)).flatMap(([, values]) => values);
  };

  // What was sent last has arrived when its answer is here: a page made of it, or one it led to.
  const last = held("kept last");
  store("kept last", null);
  const [way] = performance.getEntriesByType("navigation");
  if (!door && last && (came === "sent" || (way && way.redirectCount > 0))) store(last, null);

  if (!door && came !== "sent") {
    for (const form of forms()) {
      const kept = held(name(form));
      if (!kept) continue;
      store(name(form), null);
      if (Date.now() - kept.at > LASTS) continue;
      const homeless = fill(form, kept.fields);
      const rest = document.querySelector("#kept-back .rest");
      if (rest) rest.textContent = homeless.filter((text) => text.trim()).join("\n");
      if (form.querySelector("textarea, input:not([type=hidden]), select")) show("kept-back");
    }
  }

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.matches("form.who")) {
      for (const key of Object.keys(sessionStorage)) if (key.startsWith("kept ")) store(key, null);
      return;
    }
    if (event.defaultPrevented || form.method !== "post") return;
    // Some machines say so wrongly for ever: whoever insists, and not by a double click, is believed.
    if (!navigator.onLine && (!warned || Date.now() - warned < PATIENCE)) {
      event.preventDefault();
      warned ||= Date.now();
      show("no-line");
      return;
    }
    if (door || !forms().includes(form)) return;
    keep(form);
    store("kept last", name(form));
  });
  addEventListener("online", () => {
    warned = 0;
    const note = document.getElementById("no-line");
    if (note) note.hidden = true;
  });

  // A session that has ended shows when something asks by itself: keep what is typed, then leave.
  document.addEventListener("htmx:beforeOnLoad", (event) => {
    if (event.detail.xhr.status === 401) forms().forEach(keep);
  });
})();
