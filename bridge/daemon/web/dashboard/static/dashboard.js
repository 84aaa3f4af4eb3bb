// Keeps what is marked data-live up to date, and says so when leadbridge does not answer. Pages work without it.
"use strict";
const stale = document.getElementById("stale");
let failures = 0;

async function refresh(part) {
  try {
    const answer = await fetch(part.dataset.live, { headers: { "X-Requested-With": "fetch" }, redirect: "manual" });
    if (answer.type === "opaqueredirect") { say("You are logged out. Load the page again to log in."); return; }
    if (!answer.ok) throw new Error(answer.status);
    const text = await answer.text();
    const open = [...part.querySelectorAll("details[open]")].map(one => one.id);
    const focused = part.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
    if (getSelection().isCollapsed || !part.contains(getSelection().anchorNode)) {
      part.innerHTML = text;
      for (const id of open) if (id && document.getElementById(id)) document.getElementById(id).open = true;
      if (focused) part.querySelector(`[href="${CSS.escape(focused)}"]`)?.focus();
    }
    failures = 0;
    stale.hidden = true;
  } catch {
    failures += 1;
    if (failures > 1) say("leadbridge does not answer. What you see may be out of date.");
  }
}

function say(text) { stale.textContent = text; stale.hidden = false; }

for (const part of document.querySelectorAll("[data-live]")) {
  const pause = 1000 * (part.dataset.every || 5);
  setInterval(() => { if (!document.hidden) refresh(part); }, pause);
}
