// Offers the words of a draft that stayed on this device because they could not be sent (see autosave.js). Load it after autosave.js.
(() => {
  "use strict";
  const form = document.querySelector("form[data-autosave]");
  if (!form) return;
  const say = document.documentElement.lang === "en"
    ? { found: "Words that were not sent yet are still on this device.", use: "Use them", drop: "Drop them" }
    : { found: "Máy này còn giữ chữ gõ dở, chưa gửi đi được.", use: "Dùng lại chữ đó", drop: "Bỏ đi" };
  const copyKey = `ban-nhap:${form.dataset.draft}`;
  const ours = (name) => name && !/^(csrf|revision)/.test(name);
  const forget = () => { try { localStorage.removeItem(copyKey); } catch { /* forbidden */ } };
  let kept = null;
  try { kept = JSON.parse(localStorage.getItem(copyKey)); } catch { /* none, or not ours */ }
  const typed = [...new FormData(form)].filter(([name, value]) => typeof value === "string" && ours(name));
  if (!Array.isArray(kept) || JSON.stringify(kept) === JSON.stringify(typed)) return forget();

  const put = () => {
    for (const input of form.elements) {
      if (!ours(input.name) || ["submit", "hidden"].includes(input.type)) continue;
      const values = kept.filter(([name]) => name === input.name).map(([, value]) => value);
      if (["radio", "checkbox"].includes(input.type)) input.checked = values.includes(input.value);
      else input.value = values[0] ?? "";
      if (input.type === "select-one") input.dataset.wanted = values[0] ?? ""; // a list that is still to be filled: address.js
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
