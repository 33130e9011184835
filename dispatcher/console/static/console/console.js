// Without this file the pages work; with it they keep still what a reader has opened.
(() => {
  "use strict";
  const PATIENCE = 20_000; // ms between two announcements to a screen reader
  let folds = [];
  let said = { at: 0, state: "" };

  const say = () => {
    const report = document.getElementById("report");
    const ear = document.getElementById("announce");
    if (!report || !ear) return;
    const { state, told } = report.dataset;
    const due = state !== said.state || Date.now() - said.at > PATIENCE;
    if (due && ear.textContent !== told) {
      ear.textContent = told;
      said = { at: Date.now(), state };
    }
  };

  // A swap makes new elements: folds that were open stay open, tables stay where they were scrolled.
  document.addEventListener("htmx:beforeSwap", () => {
    folds = [...document.querySelectorAll("#report details[open]")].map((fold) => {
      const table = fold.querySelector(".scroll");
      return [fold.id, table ? [table.scrollLeft, table.scrollTop] : null];
    });
  });
  document.addEventListener("htmx:afterSwap", () => {
    for (const [id, place] of folds) {
      const fold = document.getElementById(id);
      if (!fold) continue;
      fold.open = true;
      if (place) fold.querySelector(".scroll")?.scrollTo(...place);
    }
    say();
  });

  // Figures that no longer move look like truth: say so.
  document.addEventListener("htmx:afterRequest", (event) => {
    const note = document.getElementById("stale");
    if (note) note.hidden = [200, 304].includes(event.detail.xhr.status);
  });

  // On a phone the areas are wider than the screen: show the one where we are.
  document.querySelector(".ways [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });

  // A menu closes when one presses Escape or elsewhere.
  const close = (except) => {
    for (const menu of document.querySelectorAll("details.menu[open]")) {
      if (!menu.contains(except)) menu.open = false;
    }
  };
  document.addEventListener("click", (event) => close(event.target));
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const menu = document.activeElement?.closest("details.menu");
    close(null);
    menu?.querySelector("summary").focus();
  });
})();
