// Keeps what is typed on this device until it has arrived. <form data-draft="login:what">; `data-unsaved`: the page shows words that
// the portal has not stored. autosave.js tells what was stored (event "stored"); portal.js removes a copy when its form has arrived.
(() => {
  "use strict";
  const form = document.querySelector("form[data-draft]");
  if (!form) return;
  const say = document.documentElement.lang === "en"
    ? { found: "Words that were not sent yet are still on this device.", use: "Use them", drop: "Drop them" }
    : { found: "Máy này còn giữ chữ gõ dở, chưa gửi đi được.", use: "Dùng lại chữ đó", drop: "Bỏ đi" };
  const copyKey = `ban-nhap:${form.dataset.draft}`;
  const ours = (name) => name && !/^(csrf|revision|seen|noi-dung)/.test(name);
  const typed = () => JSON.stringify([...new FormData(form)].filter(([name, value]) => typeof value === "string" && ours(name)));
  const forget = () => { try { localStorage.removeItem(copyKey); } catch { /* forbidden */ } };
  let kept = null, timer, stored = form.hasAttribute("data-unsaved") ? "" : typed();
  try { kept = localStorage.getItem(copyKey); } catch { /* none */ }

  const keep = () => {
    clearTimeout(timer);
    const now = typed();
    if (now === stored) return;
    try { localStorage.setItem(copyKey, now); } catch { /* full or forbidden */ }
  };
  const soon = () => { clearTimeout(timer); timer = setTimeout(keep, 300); };
  form.addEventListener("input", soon);
  form.addEventListener("change", soon);
  addEventListener("pagehide", keep);
  document.addEventListener("visibilitychange", () => { if (document.hidden) keep(); });
  form.addEventListener("stored", (event) => {
    stored = event.detail;
    if (typed() === stored) forget();
  });
  form.addEventListener("submit", () => {
    keep();
    try { sessionStorage.setItem("gui", JSON.stringify([copyKey, location.pathname])); } catch { /* forbidden */ }
  });

  // What was kept by an earlier visit and is not what the page shows is offered.
  let old;
  try { old = JSON.parse(kept); } catch { /* not ours */ }
  if (!Array.isArray(old) || kept === typed()) {
    if (stored) forget();
    return;
  }
  const put = () => {
    const left = new Map();
    for (const [name, value] of old) left.set(name, [...(left.get(name) || []), value]);
    for (const input of form.elements) {
      if (!ours(input.name) || ["submit", "button", "hidden", "file", "password"].includes(input.type)) continue;
      const values = left.get(input.name) || [];
      if (["radio", "checkbox"].includes(input.type)) input.checked = values.includes(input.value);
      else {
        const value = values.shift() ?? "";
        input.value = value;
        if (input.type === "select-one") input.dataset.wanted = value; // a list that is still to be filled: address.js
      }
      input.dispatchEvent(new Event("change", { bubbles: true }));
    }
  };
  const offer = Object.assign(document.createElement("div"), { className: "notice notice--warn" });
  offer.setAttribute("role", "status");
  const box = document.createElement("div");
  box.append(Object.assign(document.createElement("p"), { textContent: say.found }));
  for (const [words, act] of [[say.use, put], [say.drop, forget]]) {
    const button = Object.assign(document.createElement("button"), { type: "button", className: "btn btn--line btn--sm", textContent: words });
    button.addEventListener("click", () => { offer.remove(); act(); });
    box.append(button, " ");
  }
  offer.append(box);
  form.before(offer);
})();
