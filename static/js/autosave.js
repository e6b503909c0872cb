// Saves a draft while it is typed. <form data-autosave="address">; ui/saved.html shows how it went. See also copies.js.
(() => {
  "use strict";
  const form = document.querySelector("form[data-autosave]");
  if (!form) return;
  const say = document.documentElement.lang === "en"
    ? { saving: "Saving", saved: "Saved at", offline: "No network: what is typed stays on this device",
        failed: "Not saved. Press the button below", other: "Another device has just changed this.", see: "See it" }
    : { saving: "Đang lưu", saved: "Máy đã tự lưu lúc", offline: "Mất mạng: chữ đang gõ vẫn ở máy này",
        failed: "Chưa lưu được. Bấm nút ở dưới để thử lại", other: "Máy khác vừa sửa.", see: "Xem bản mới" };
  const place = document.querySelector("[data-saved]") || document.createElement("p");
  const typed = () => JSON.stringify([...new FormData(form)].filter(([name, value]) => typeof value === "string" && !/^(csrf|revision)/.test(name)));
  let timer, sending, again = false, stopped = false, pressed = false, last = form.hasAttribute("data-unsaved") ? "" : typed();

  const show = (state, words, url) => {
    place.className = `saved saved--${state}${state === "offline" ? " saved--off" : ""}`;
    const span = Object.assign(document.createElement("span"), { textContent: words });
    if (url) span.append(" ", Object.assign(document.createElement("a"), { href: url, textContent: say.see }));
    place.replaceChildren(span);
  };
  const post = (more) => {
    const body = new URLSearchParams(new FormData(form));
    if (more) body.set(more, "1");
    return fetch(form.dataset.autosave, {
      method: "POST", body, keepalive: Boolean(more), headers: { "X-Requested-With": "fetch" },
    });
  };

  const send = async () => {
    const now = typed();
    if (stopped || now === last) return;
    show("saving", say.saving);
    try {
      const answer = await post();
      const told = await answer.json().catch(() => ({}));
      if (answer.status === 409) {
        stopped = true;
        return show("failed", told.detail || say.other, told.url || location.href);
      }
      if (!answer.ok || answer.redirected) return show("failed", told.detail || say.failed);
      last = now;
      if (told.revision && form.elements.revision) form.elements.revision.value = told.revision;
      form.dispatchEvent(new CustomEvent("stored", { detail: now }));
      show("saved", `${say.saved} ${told.saved_at_text || ""}`);
    } catch {
      show("offline", say.offline);
    }
  };
  const save = () => {
    clearTimeout(timer);
    if (sending) again = true;
    else sending = send().finally(() => {
      sending = null;
      if (again) { again = false; return save(); }
    });
    return sending;
  };
  const soon = () => { clearTimeout(timer); timer = setTimeout(save, 800); };
  form.addEventListener("input", soon);
  form.addEventListener("change", soon);
  addEventListener("online", save);

  // The last words: a link waits for them; a reload or a closed tab sends them as no new revision.
  const waits = () => !stopped && !pressed && typed() !== last;
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href]");
    if (!link || !waits() || event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
    if (link.target || link.origin !== location.origin || link.getAttribute("href").startsWith("#")) return;
    event.preventDefault();
    Promise.race([save(), new Promise((go) => setTimeout(go, 1500))]).then(() => { location.href = link.href; });
  });
  addEventListener("pagehide", () => { if (waits()) post("cuoi").catch(() => {}); });

  // A page carries the newest revision: wait for a save under way.
  form.addEventListener("submit", (event) => {
    clearTimeout(timer);
    pressed = true;
    if (!sending) return;
    event.preventDefault();
    again = false;
    stopped = true;
    const { submitter } = event;
    sending.then(() => form.requestSubmit(submitter));
  });
})();
