// Keeps the wall up to date while somebody looks; without it the page is the same, only still.
const PAUSE = 2000;
let told = null;

async function look() {
  const busy = document.hidden || !getSelection().isCollapsed ||
    document.activeElement.closest("#wall, .search") !== null;
  if (!busy) {
    const counts = await (await fetch("/sandbox/counts")).text();
    if (told !== null && told !== counts) {
      const page = new DOMParser().parseFromString(await (await fetch(location.href)).text(), "text/html");
      for (const id of ["totals", "wall"]) {
        document.getElementById(id).replaceWith(page.getElementById(id));
      }
      const rows = document.querySelectorAll("#filters .row");
      page.querySelectorAll("#filters .row").forEach((row, place) => rows[place]?.replaceWith(row));
    }
    told = counts;
  }
}

async function watch() {
  try {
    await look();
  } catch {
    told = null; // the sandbox is away: look again later
  }
  setTimeout(watch, PAUSE);
}

watch();
