// Rows and pages of an editor are dragged to their place: the drop sends the form with «chuyen:<row>:<number>», as a button would.
// <element data-move="fields.2">: rows beside each other whose names differ only in the number. The buttons do the same without it.
(() => {
  "use strict";
  const { words } = document.currentScript.dataset;
  const list = (name) => name.slice(0, name.lastIndexOf("."));
  const number = (name) => Number(name.slice(name.lastIndexOf(".") + 1));
  let dragged = null;
  document.querySelectorAll("[data-move]").forEach((row) => {
    const handle = document.createElement("span");
    Object.assign(handle, { className: "drag", draggable: true, title: words, textContent: "⠿" });
    handle.setAttribute("aria-hidden", "true");
    (row.querySelector(":scope > summary") || row).prepend(handle);
    handle.addEventListener("click", (event) => event.preventDefault());
    handle.addEventListener("dragstart", (event) => {
      dragged = row;
      event.dataTransfer.effectAllowed = "move";
      event.dataTransfer.setData("text/plain", "");
      event.dataTransfer.setDragImage(row, 0, 0);
      event.stopPropagation();
    });
    handle.addEventListener("dragend", () => { dragged = null; });
    const fits = () => dragged && dragged !== row && list(dragged.dataset.move) === list(row.dataset.move);
    row.addEventListener("dragover", (event) => {
      if (!fits()) return;
      event.preventDefault();
      event.stopPropagation();
      row.classList.add("drag-over");
    });
    row.addEventListener("dragleave", () => row.classList.remove("drag-over"));
    row.addEventListener("drop", (event) => {
      row.classList.remove("drag-over");
      if (!fits()) return;
      event.preventDefault();
      event.stopPropagation();
      const button = Object.assign(document.createElement("button"), { name: "viec", hidden: true });
      button.value = `chuyen:${dragged.dataset.move}:${number(row.dataset.move)}`;
      const form = row.closest("form");
      form.append(button);
      form.requestSubmit(button);
    });
  });
})();
