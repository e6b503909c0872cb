// Options of a long list are found while words are typed: the form is sent as its button «Tìm» would, with «tim-ngay», and what was found
// is taken out of the answer. Nothing is stored by it. <form data-looks-up>, <input data-lookup="question">.
(() => {
  "use strict";
  const form = document.querySelector("form[data-looks-up]");
  document.querySelectorAll("[data-lookup]").forEach((input) => {
    const here = document.createElement("div");
    here.setAttribute("role", "status");
    let timer = 0, asked = 0;
    const show = async () => {
      const number = ++asked, typed = new FormData(form), name = input.dataset.lookup;
      if (input.value.trim().length < 2) return here.replaceChildren();
      typed.set("tim-ngay", name);
      try {
        const answer = await fetch(form.action, { method: "POST", body: typed, headers: { "X-Requested-With": "fetch" } });
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        const found = page.querySelector(`[data-found="${name}"]`);
        if (!answer.ok || !found || number !== asked) return;
        document.querySelectorAll(`[data-found="${name}"]`).forEach((old) => { if (!here.contains(old)) old.remove(); });
        here.replaceChildren(found);
      } catch {
        // no network just now: the button does the same
      }
    };
    input.parentElement.append(here);
    input.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(show, 300); });
  });
})();
