// Asks whether what the page waits for (money, a paper) has come, less and less often, and leads on when something changed.
// Without it there is a link.
(() => {
  "use strict";
  const FIRST = 3000, LONGEST = 30000, ENOUGH = 20 * 60 * 1000; // milliseconds
  const box = document.querySelector("[data-poll], [data-reload]");
  let wait = Number(box?.dataset.first) || FIRST, end = Date.now() + ENOUGH, timer = 0, over = false;

  const stop = () => {
    over = true;
    box.lastElementChild.textContent = box.dataset.stopped;
  };
  const later = () => {
    if (over || document.hidden) return;
    if (Date.now() > end) return stop();
    timer = setTimeout(ask, wait);
    wait = Math.min(wait * 1.4, LONGEST);
  };
  // What waits inside [data-swap] is taken from a fresh copy of this page; anything else opens the page anew.
  const fetchPart = async () => {
    const place = box.closest("[data-swap]");
    const page = place && await (await fetch(location.href, { cache: "no-store" })).text();
    const fresh = page && new DOMParser().parseFromString(page, "text/html").getElementById(place.id);
    if (!fresh || fresh.querySelector("[data-poll]")) return location.reload();
    over = true;
    place.replaceChildren(...fresh.childNodes);
  };
  const ask = async () => {
    clearTimeout(timer);
    if (box.dataset.reload !== undefined) return location.reload();
    try {
      const answer = await fetch(box.dataset.poll, { cache: "no-store", redirect: "error", headers: { Accept: "application/json" } });
      if (answer.ok) {
        const said = await answer.json();
        if (said.seen !== box.dataset.seen) return said.go ? location.assign(said.go) : await fetchPart();
      } else if (answer.status < 500) return stop(); // logged out, or no longer there
    } catch {
      // no network just now: the next time
    }
    later();
  };
  if (box) {
    box.hidden = false;
    if (box.dataset.reload !== undefined) {
      // The same page again and again: how long it has been waiting is kept for this tab.
      const key = `cho:${location.pathname}${location.search}`;
      const since = Number(sessionStorage.getItem(key)) || Date.now();
      sessionStorage.setItem(key, since);
      end = since + ENOUGH;
      wait = Math.min(5000 + (Date.now() - since) / 4, LONGEST);
    }
    document.addEventListener("visibilitychange", () => {
      clearTimeout(timer);
      if (document.hidden || over) return;
      wait = FIRST; // back from the banking app
      ask();
    });
    later();
  }

  // Send the link with the phone's own list of apps.
  document.querySelectorAll("[data-share]").forEach((button) => {
    if (!navigator.share) return;
    button.hidden = false;
    button.addEventListener("click", () => {
      navigator.share({ text: button.dataset.text, url: button.dataset.share }).catch(() => {});
    });
  });
})();
