// An address: the communes of the chosen province, and places found while a name is typed.
(() => {
  "use strict";
  document.querySelectorAll("[data-places]").forEach((box) => {
    const [province, commune, find, detail] = ["province", "commune", "find", "detail"].map((part) => box.querySelector(`[data-${part}]`));
    const { places, was, chosen, none } = box.dataset;
    const say = document.createElement("p");
    const list = document.createElement("ul");
    let found = [], at = -1, timer, turn = 0;

    const set = (element, values) => Object.entries(values).forEach(([name, value]) => element.setAttribute(name, value));
    const hide = (hidden) => box.querySelectorAll("[data-step]").forEach((button) => { button.hidden = hidden; });
    const read = async (asked) => {
      const answer = await fetch(`${places}?${new URLSearchParams(asked)}`);
      if (!answer.ok) throw new Error(answer.status);
      return (await answer.json()).results;
    };
    set(say, { role: "status", class: "small muted" });
    set(list, { role: "listbox", class: "suggest", id: `${find.id}-list`, "aria-label": find.labels[0].textContent });
    set(find, { role: "combobox", "aria-autocomplete": "list", "aria-controls": list.id, "aria-expanded": false });
    list.hidden = true;
    find.after(list, say);
    hide(true);

    const fill = async (code, wanted) => {
      const mine = ++turn;
      commune.replaceChildren(commune.options[0]);
      if (!code) return;
      try {
        const rows = await read({ province: code });
        if (mine !== turn) return;
        commune.append(...rows.map((row) => new Option(row.name, row.code)));
        commune.value = wanted || commune.dataset.wanted || "";
        commune.dispatchEvent(new Event("change", { bubbles: true }));
      } catch { hide(false); }
    };
    const mark = (index) => {
      at = index;
      [...list.children].forEach((item, n) => item.setAttribute("aria-selected", n === at));
      find.setAttribute("aria-activedescendant", list.children[at]?.id ?? "");
      list.children[at]?.scrollIntoView({ block: "nearest" });
    };
    const show = (rows) => {
      found = rows;
      list.replaceChildren(...rows.map((row, n) => {
        const item = document.createElement("li");
        const name = document.createElement("b");
        set(item, { role: "option", id: `${list.id}-${n}` });
        name.textContent = row.name;
        item.append(name, `, ${row.province_name}`, ...row.was.slice(0, 1).map((old) => ` (${was} ${old})`));
        item.addEventListener("mousedown", (event) => { event.preventDefault(); pick(row); });
        return item;
      }));
      list.hidden = !rows.length;
      find.setAttribute("aria-expanded", !list.hidden);
      mark(-1);
    };
    const pick = (row) => {
      show([]);
      find.value = "";
      box.querySelectorAll("[type=radio]").forEach((input) => { input.checked = false; });
      province.value = row.province;
      say.textContent = `${chosen} ${row.name}, ${row.province_name}`;
      fill(row.province, row.code);
      detail.focus();
    };

    find.addEventListener("input", () => {
      clearTimeout(timer);
      const q = find.value.trim();
      if (q.length < 2) return show([]);
      timer = setTimeout(async () => {
        const rows = await read({ q, province: province.value }).catch(() => null);
        if (find.value.trim() !== q) return;
        show(rows || []);
        hide(rows !== null);
        say.textContent = rows && !rows.length ? none : "";
      }, 200);
    });
    find.addEventListener("keydown", (event) => {
      if (list.hidden) return;
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (step) mark((at + step + found.length) % found.length);
      else if (event.key === "Enter") pick(found[Math.max(at, 0)]);
      else if (event.key === "Escape") show([]);
      else return;
      event.preventDefault();
    });
    find.addEventListener("blur", () => show([]));
    province.addEventListener("change", () => fill(province.value));
  });
})();
