// The search for procedures: suggestions while typing. Enter without a chosen one sends the form, as without this module.
(() => {
  "use strict";
  document.querySelectorAll("form[data-suggest]").forEach((form) => {
    const input = form.querySelector("input[type=search]");
    const list = document.createElement("ul");
    const say = document.createElement("p");
    let rows = [], at = -1, timer;

    const set = (element, values) => Object.entries(values).forEach(([name, value]) => element.setAttribute(name, value));
    set(list, { role: "listbox", class: "suggest suggest--go", id: `${input.id}-list`, "aria-label": form.dataset.title });
    set(say, { role: "status", class: "vh" });
    set(input, { role: "combobox", "aria-autocomplete": "list", "aria-controls": list.id, "aria-expanded": false });
    list.hidden = true;
    form.append(list, say);

    const mark = (index) => {
      at = index;
      [...list.children].forEach((item, n) => item.setAttribute("aria-selected", n === at));
      if (at < 0) input.removeAttribute("aria-activedescendant");
      else input.setAttribute("aria-activedescendant", list.children[at].id);
      list.children[at]?.scrollIntoView({ block: "nearest" });
    };
    const show = (found) => {
      rows = found;
      list.replaceChildren(...rows.map((row, n) => {
        const item = document.createElement("li");
        set(item, { role: "option", id: `${list.id}-${n}`, "aria-selected": false, lang: "vi" });
        item.textContent = row.title;
        item.addEventListener("mousedown", (event) => { event.preventDefault(); location.assign(row.url); });
        return item;
      }));
      list.hidden = !rows.length;
      input.setAttribute("aria-expanded", !list.hidden);
      say.textContent = rows.length ? `${rows.length} ${form.dataset.count}` : "";
      mark(-1);
    };

    input.addEventListener("input", () => {
      clearTimeout(timer);
      const q = input.value.trim();
      if (q.length < 2) return show([]);
      timer = setTimeout(async () => {
        const answer = await fetch(`${form.dataset.suggest}?${new URLSearchParams({ q })}`).catch(() => null);
        const found = answer?.ok ? (await answer.json()).results : [];
        if (input.value.trim() === q && document.activeElement === input) show(found);
      }, 200);
    });
    input.addEventListener("keydown", (event) => {
      if (list.hidden || event.isComposing) return;
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (step) mark(at < 0 && step < 0 ? rows.length - 1 : (at + step + rows.length) % rows.length);
      else if (event.key === "Enter" && at >= 0) location.assign(rows[at].url);
      else if (event.key === "Escape") show([]);
      else return;
      event.preventDefault();
    });
    input.addEventListener("blur", () => show([]));
  });
})();
