// Without this file the desk works; with it, Ctrl + Enter saves and leaving with unsaved words asks.
(() => {
  "use strict";
  const form = document.getElementById("writing");
  if (!form) return;
  let touched = false;
  form.addEventListener("input", () => (touched = true));
  form.addEventListener("submit", () => (touched = false));
  form.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) document.getElementById("save").click();
  });
  addEventListener("beforeunload", (event) => {
    if (touched) event.preventDefault();
  });
})();
