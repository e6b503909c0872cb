// Shows the paper while it is typed: sends the form as its button «xem» would and takes the preview out of the answer.
// <form data-preview>, <div data-preview-here>. Without it the button does the same with a page.
(() => {
  "use strict";
  const form = document.querySelector("form[data-preview]");
  const here = document.querySelector("[data-preview-here]");
  if (!form || !here) return;
  let timer = 0, asked = 0;
  const show = async () => {
    const number = ++asked, typed = new FormData(form);
    typed.set("xem", "1");
    form.querySelectorAll("input[type=file]").forEach((input) => typed.delete(input.name)); // sent once, when it is saved
    try {
      const answer = await fetch(location.pathname, { method: "POST", body: typed, headers: { "X-Requested-With": "fetch" } });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-preview-here]");
      if (page && number === asked) here.replaceChildren(...page.childNodes);
    } catch {
      // no network just now: the next key shows it
    }
  };
  const soon = () => { clearTimeout(timer); timer = setTimeout(show, 800); };
  form.addEventListener("input", soon);
  form.addEventListener("change", soon);
})();
