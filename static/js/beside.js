// After a draft of the catalogue was stored by itself (autosave.js): the list of what is missing, as it is now.
(() => {
  "use strict";
  const form = document.querySelector("form[data-beside-of]");
  const place = document.querySelector("[data-beside]");
  if (!form || !place) return;
  form.addEventListener("stored", async () => {
    try {
      const answer = await fetch(form.dataset.besideOf, { headers: { "X-Requested-With": "fetch" } });
      if (answer.ok && !answer.redirected) place.innerHTML = await answer.text();
    } catch {
      // The list stays as it was; the state of saving says that there is no network.
    }
  });
})();
