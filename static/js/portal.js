// Shortens the way; every page works without it.
(() => {
  "use strict";
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];

  // An error summary is read out first: give it the focus, and follow its links into the inputs.
  document.querySelector("[data-focus]")?.focus();
  // This page answered a sent form. Coming Back to it asks for it anew, instead of the browser's "resend the form?".
  if (document.querySelector(".errsum")) history.replaceState(history.state, "", location.href);
  document.addEventListener("click", (event) => {
    const link = event.target.closest(".errsum a[href^='#']");
    const target = link && document.getElementById(link.hash.slice(1));
    if (!target) return;
    event.preventDefault();
    target.focus({ preventScroll: true });
    (target.closest("fieldset, .field") || target).scrollIntoView({ block: "start" });
  });

  // Text size without losing what was typed.
  document.addEventListener("submit", (event) => {
    if (!event.target.matches("[data-text-size]") || !event.submitter) return;
    event.preventDefault();
    const size = event.submitter.value;
    const secure = location.protocol === "https:" ? "; secure" : "";
    document.cookie = `co-chu=${size}; path=/; max-age=31536000; samesite=lax${secure}`;
    if (size === "vua") delete document.documentElement.dataset.text;
    else document.documentElement.dataset.text = size;
    all("[data-text-size] button").forEach((b) => b.setAttribute("aria-pressed", b.value === size));
  });

  // A copy of typed words (copies.js) goes when its form has arrived: the page after it is ours and does not say otherwise.
  // All go at logout.
  try {
    const [sent, from] = JSON.parse(sessionStorage.getItem("gui")) || [];
    sessionStorage.removeItem("gui");
    const here = document.querySelector("form[data-draft]")?.dataset.draft;
    const arrived = document.referrer && new URL(document.referrer).pathname === from && !document.querySelector("[data-unsent]");
    if (arrived && sent !== `ban-nhap:${here}`) localStorage.removeItem(sent);
  } catch { /* storage is forbidden */ }
  document.addEventListener("submit", (event) => {
    if (!event.target.matches("[data-logout]")) return;
    try {
      Object.keys(localStorage).forEach((key) => key.startsWith("ban-nhap:") && localStorage.removeItem(key));
    } catch { /* forbidden */ }
  });

  // A second press while sending does nothing.
  const sending = new WeakSet();
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method !== "post" || form.target === "_blank") return;
    if (sending.has(form)) return event.preventDefault();
    sending.add(form);
    event.submitter?.setAttribute("aria-busy", "true");
  });
  addEventListener("pageshow", (event) => {
    if (event.persisted) location.reload();
  });

  // The card of the chosen answer is marked also before the page is sent.
  document.addEventListener("change", (event) => {
    const input = event.target;
    if (!input.closest(".choice")) return;
    all(".choice input", input.closest("fieldset, form") || document).forEach((other) => {
      if (other.name === input.name) other.closest(".choice").classList.toggle("choice--on", other.checked);
    });
  });

  // Print and copy buttons show where they work.
  all("[data-print]").forEach((button) => {
    button.hidden = false;
    button.addEventListener("click", () => print());
  });
  all("[data-copy]").forEach((button) => {
    if (!navigator.clipboard) return;
    button.hidden = false;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(button.dataset.copy);
      button.querySelector("[role=status]").textContent = button.dataset.copied;
    });
  });
  addEventListener("beforeprint", () => all("details:not([open])").forEach((d) => { d.open = true; d.dataset.opened = ""; }));
  addEventListener("afterprint", () => all("details[data-opened]").forEach((d) => { d.open = false; delete d.dataset.opened; }));
})();
