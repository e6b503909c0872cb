// Saves a draft while it is typed. <form data-autosave="address" data-draft="draft-page">; ui/saved.html shows how it went.
// When the network is away the words stay on this device; restore.js offers them again.
(() => {
  "use strict";
  const form = document.querySelector("form[data-autosave]");
  if (!form) return;
  const say = document.documentElement.lang === "en"
    ? { saving: "Saving", saved: "Saved at", offline: "No network: what is being typed stays on this device",
        failed: "Not saved yet. Press the button below to try again", other: "Another device has just changed this.", see: "See the new version" }
    : { saving: "Đang lưu", saved: "Máy đã tự lưu lúc", offline: "Mất mạng: chữ đang gõ vẫn ở máy này",
        failed: "Chưa lưu được. Bấm nút ở dưới để thử lại", other: "Máy khác vừa sửa.", see: "Xem bản mới" };
  const place = document.querySelector("[data-saved]");
  const copyKey = `ban-nhap:${form.dataset.draft}`;
  const typed = () => [...new FormData(form)].filter(([name, value]) => typeof value === "string" && !/^(csrf|revision)/.test(name));
  let timer, sending, again = false, stopped = false, last = JSON.stringify(typed());

  const show = (state, words, url) => {
    if (!place) return;
    place.className = `saved saved--${state}${state === "offline" ? " saved--off" : ""}`;
    const span = document.createElement("span");
    span.textContent = words;
    if (url) {
      const link = Object.assign(document.createElement("a"), { href: url, textContent: say.see });
      span.append(" ", link);
    }
    place.replaceChildren(span);
  };
  const keep = () => { try { localStorage.setItem(copyKey, JSON.stringify(typed())); } catch { /* full or forbidden */ } };
  const forget = () => { try { localStorage.removeItem(copyKey); } catch { /* forbidden */ } };

  const send = async () => {
    const now = JSON.stringify(typed());
    if (stopped || now === last) return;
    show("saving", say.saving);
    try {
      const answer = await fetch(form.dataset.autosave, {
        method: "POST", body: new URLSearchParams(new FormData(form)), headers: { "X-Requested-With": "fetch", Accept: "application/json" },
      });
      const told = await answer.json().catch(() => ({}));
      if (answer.status === 409) {
        stopped = true;
        keep();
        return show("failed", say.other, told.url || location.href);
      }
      if (!answer.ok || answer.redirected) throw Object.assign(new Error(), { known: true });
      last = now;
      if (told.revision && form.elements.revision) form.elements.revision.value = told.revision;
      forget();
      show("saved", `${say.saved} ${told.saved_at_text || ""}`);
    } catch (error) {
      keep();
      show(error.known ? "failed" : "offline", error.known ? say.failed : say.offline);
    }
  };
  const save = () => {
    clearTimeout(timer);
    if (sending) return void (again = true);
    sending = send().finally(() => {
      sending = null;
      if (again) { again = false; save(); }
    });
  };
  const soon = () => { clearTimeout(timer); timer = setTimeout(save, 800); };
  form.addEventListener("input", soon);
  form.addEventListener("change", soon);
  addEventListener("online", save);

  // The page that is sent must carry the newest revision: wait for a save under way.
  form.addEventListener("submit", (event) => {
    clearTimeout(timer);
    if (!sending) return void forget();
    event.preventDefault();
    again = false;
    stopped = true;
    const { submitter } = event;
    sending.then(() => form.requestSubmit(submitter));
  });
})();
