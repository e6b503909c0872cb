// Staff: what is typed into a form is kept on the server while it is typed, never on this device (portal/kept.py).
// <script data-keep="address">. Without network nothing is sent: the words stay in the page.
(() => {
  "use strict";
  const address = document.querySelector("script[data-keep]").dataset.keep;
  const say = document.documentElement.lang === "en"
    ? { kept: "Kept on the server at", away: "No network. Nothing was sent; the words stay here. Press again when the network is back." }
    : { kept: "Máy chủ đã giữ chữ đang gõ lúc", away: "Mất mạng, chưa gửi. Chữ vẫn ở đây; có mạng thì bấm lại." };
  const words = "textarea, input:not([type]), input[type=text], input[type=date], input[type=number]";
  for (const form of document.querySelectorAll("form[method=post]")) {
    if (!form.querySelector(words)) continue;
    const place = Object.assign(document.createElement("p"), { className: "small muted" });
    place.setAttribute("role", "status");
    const tell = (text) => {
      place.textContent = text;
      if (text) form.append(place);
    };
    const typed = () => new URLSearchParams([...new FormData(form)].filter(([, value]) => typeof value === "string"));
    let timer, flight, last = typed().toString(), pressed = false;
    // True unless the network is away.
    const send = async () => {
      clearTimeout(timer);
      const now = typed();
      if (pressed || now.toString() === last) return true;
      const before = last;
      last = now.toString();
      now.set("giu-trang", location.pathname);
      now.set("giu-noi-gui", new URL(form.action || location.href).pathname);
      try {
        const answer = await fetch(address, { method: "POST", body: now, keepalive: true, headers: { "X-Requested-With": "fetch" } });
        const told = answer.ok ? await answer.json().catch(() => ({})) : {};
        tell(told.saved_at_text ? `${say.kept} ${told.saved_at_text}` : "");
        return true;
      } catch {
        last = before;
        tell("");
        return false;
      }
    };
    const save = () => (flight ||= send().finally(() => { flight = null; }));
    const soon = () => { clearTimeout(timer); timer = setTimeout(save, 1000); };
    form.addEventListener("input", soon);
    form.addEventListener("change", soon);
    addEventListener("pagehide", save);
    // The words are kept before the form goes, so that they cannot be kept again after it has arrived.
    form.addEventListener("submit", async (event) => {
      if (pressed || (!flight && typed().toString() === last)) {
        pressed = true;
        return clearTimeout(timer);
      }
      event.preventDefault();
      const { submitter } = event;
      if (!(await save()) || !(await save())) return tell(say.away);
      pressed = true;
      setTimeout(() => form.requestSubmit(submitter)); // not while this event is under way: it would be ignored
    });
  }
})();
