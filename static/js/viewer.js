// The files of a dossier, one on screen at a time: next file, page, turn, zoom, by button or key. Without it each file is a link.
// A file is asked from the server only when it is shown: what was asked for is what counts as read.
(() => {
  "use strict";
  const viewer = document.querySelector("[data-viewer]");
  const body = viewer?.querySelector("[data-body]");
  if (!body) return;
  const part = (name) => viewer.querySelector(`[data-${name}]`);
  const sheets = [...viewer.querySelectorAll("[data-sheet]")];
  let at = Math.max(sheets.findIndex((sheet) => sheet.hasAttribute("aria-current")), 0);
  let page = 1, turns = 0, zoom = 1;

  const isPdf = () => sheets[at].dataset.kind === "pdf";
  function draw() {
    const { sheet, name } = sheets[at].dataset;
    const shown = document.createElement(isPdf() ? "iframe" : "img");
    shown[isPdf() ? "title" : "alt"] = name;
    shown.addEventListener("load", fit);
    shown.src = isPdf() ? `${sheet}#navpanes=0&page=${page}&${zoom === 1 ? "view=FitH" : `zoom=${Math.round(zoom * 100)}`}` : sheet;
    body.replaceChildren(shown);
    body.classList.toggle("viewer__b--sheet", isPdf());
  }
  function fit() {
    const shown = body.firstElementChild, style = shown.style, odd = turns % 2 === 1;
    style.cssText = "";
    if (isPdf()) {
      if (odd) Object.assign(style, { width: `${body.clientHeight}px`, height: `${body.clientWidth}px` });
      style.transform = `rotate(${turns * 90}deg)`;
      return;
    }
    style.maxWidth = "none";
    style.width = `${zoom * 100}%`;
    style.transform = `rotate(${turns * 90}deg)`;
    const more = (shown.clientWidth - shown.clientHeight) / 2;
    if (odd) style.margin = `${more}px ${-more}px`;
  }
  function show(n) {
    if (!sheets[n]) return;
    sheets[at].removeAttribute("aria-current");
    [at, page, turns, zoom] = [n, 1, 0, 1];
    const tab = sheets[n];
    tab.setAttribute("aria-current", "true");
    tab.querySelector("[data-new]")?.remove();
    tab.closest("ul").scrollLeft = tab.offsetLeft - tab.closest("ul").offsetLeft - 24;
    part("title").textContent = tab.dataset.name;
    part("open").href = tab.dataset.sheet;
    part("original").hidden = !tab.dataset.received;
    part("original").href = tab.dataset.received || "";
    history.replaceState(history.state, "", tab.getAttribute("href").split("#")[0]);
    draw();
  }
  const acts = {
    "file-1": () => show(at - 1),
    "file+1": () => show(at + 1),
    "page-1": () => { if (!isPdf()) show(at - 1); else if (page > 1) { page -= 1; draw(); } },
    "page+1": () => { if (!isPdf()) show(at + 1); else { page += 1; draw(); } },
    turn: () => { turns = (turns + 1) % 4; fit(); },
    "zoom-1": () => { zoom = Math.max(zoom / 1.25, 0.5); if (isPdf()) draw(); else fit(); },
    "zoom+1": () => { zoom = Math.min(zoom * 1.25, 5); if (isPdf()) draw(); else fit(); },
  };
  viewer.addEventListener("click", (event) => {
    const act = event.target.closest("[data-do]"), tab = event.target.closest("[data-sheet]");
    if (act) acts[act.dataset.do]();
    if (!tab || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    show(sheets.indexOf(tab));
  });
  part("tools").hidden = false;
})();
