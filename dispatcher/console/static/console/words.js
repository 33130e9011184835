// Without this file the desk works; with it, Ctrl + Enter saves and leaving with unsaved words asks.
(() => {
  "use strict";
  const form = document.getElementById("writing");
  if (!form) return;
  let touched = false;
  form.addEventListener("input", () => (touched = true));
  document.addEventListener("submit", (event) => {
    if (event.target === form && !event.defaultPrevented) touched = false;
  });
  // The session has ended: forms.js keeps the words, so nobody need ask.
  document.addEventListener("htmx:beforeOnLoad", (event) => {
    if (event.detail.xhr.status === 401) touched = false;
  });
  form.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) document.getElementById("save").click();
  });
  addEventListener("beforeunload", (event) => {
    if (touched) event.preventDefault();
  });
})();
