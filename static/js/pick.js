// Rows picked in a clerk's list: pick all, mark them, say how many. Without it the boxes work by themselves.
(() => {
  "use strict";
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];

  const count = (form) => {
    const boxes = all("td .pick input", form);
    const picked = boxes.filter((box) => box.checked);
    boxes.forEach((box) => box.closest("tr").classList.toggle("sel", box.checked));
    const line = form.querySelector("[data-picked]");
    if (line) line.textContent = `${line.dataset.picked} ${picked.length}`;
    const every = form.querySelector("[data-pick-all]");
    if (every) every.checked = boxes.length > 0 && picked.length === boxes.length;
  };
  document.addEventListener("change", (event) => {
    if (!event.target.closest(".pick")) return;
    const form = event.target.form;
    if (event.target.matches("[data-pick-all]")) {
      all("td .pick input", form).forEach((box) => { box.checked = event.target.checked; });
    }
    count(form);
  });
  document.addEventListener("reset", (event) => setTimeout(() => count(event.target)));
  all("form").filter((form) => form.querySelector("[data-picked]")).forEach(count);
})();
