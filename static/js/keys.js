// Keys for clerks: every [data-key] link, button or box can be reached by its key; J, K, X walk the list.
// Each person can switch them off (WCAG 2.1.4); silent while somebody types. Sequences are written "g q".
(() => {
  "use strict";
  const panel = document.querySelector("[data-keys]");
  if (!panel) return;
  const off = panel.dataset.keys === "off";
  const rows = () => [...document.querySelectorAll(".queue tbody tr")];
  const byKey = (keys) => document.querySelector(`[data-key="${CSS.escape(keys)}"]`);
  let last = "", lastAt = 0, anchor = 0;

  const current = () => rows().findIndex((row) => row.classList.contains("cur"));
  function go(step) {
    const list = rows();
    if (!list.length) return false;
    const next = Math.min(Math.max(current() + step, 0), list.length - 1);
    list.forEach((row, n) => row.classList.toggle("cur", n === next));
    list[next].querySelector("a").focus();
    return true;
  }
  function pick(range) {
    const list = rows(), here = current();
    if (here < 0) return false;
    const from = range ? Math.min(anchor, here) : here, to = range ? Math.max(anchor, here) : here;
    for (let n = from; n <= to; n += 1) {
      const box = list[n].querySelector(".pick input");
      if (!box) continue;
      box.checked = range || !box.checked;
      box.dispatchEvent(new Event("change", { bubbles: true }));
    }
    anchor = here;
    return true;
  }
  function press(element) {
    if (element.matches("input, select, textarea")) element.focus();
    else if (element.matches("[data-key-focus]")) element.focus({ preventScroll: true });
    else element.click();
    return true;
  }
  function act(key, event) {
    const now = Date.now(), pair = now - lastAt < 1200 ? `${last} ${key}` : "";
    [last, lastAt] = [key, now];
    const target = (pair && byKey(pair)) || byKey(key);
    if (target) return press(target);
    if (key === "?") { panel.open = true; panel.querySelector("summary").focus(); return true; }
    if (key === "j") return go(1);
    if (key === "k") return go(-1);
    if (key === "x") return pick(event.shiftKey);
    return false;
  }
  document.addEventListener("keydown", (event) => {
    if (off || event.ctrlKey || event.altKey || event.metaKey || event.getModifierState("AltGraph") || event.isComposing) return;
    if (event.repeat && !"jk".includes(event.key)) return;
    if (event.shiftKey && event.key.toLowerCase() !== event.key.toUpperCase() && event.key.toLowerCase() !== "x") return;
    if (event.target.closest("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]")) return;
    if (act(event.key.length === 1 ? event.key.toLowerCase() : event.key, event)) event.preventDefault();
  });

  // The list of keys is read off the page, so it never promises one that is not there.
  const list = panel.querySelector("dl");
  const add = (keys, words) => {
    const [line, key, text] = ["div", "dt", "dd"].map((name) => document.createElement(name));
    keys.split(" ").forEach((name) => key.append(Object.assign(document.createElement("kbd"), { textContent: name.toUpperCase() }), " "));
    text.textContent = words;
    line.append(key, text);
    list.append(line);
  };
  document.querySelectorAll("[data-key]").forEach((e) => add(e.dataset.key, e.dataset.keyWords || e.getAttribute("aria-label") || e.textContent.trim()));
  if (rows().length) for (const [keys, words] of Object.entries(panel.dataset)) if (/^key[A-Z]/.test(keys)) add(keys.slice(3), words);

  panel.hidden = false;
})();
