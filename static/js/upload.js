// Sends a chosen file at once, so that nobody forgets the second button. Without it that button does the same.
(() => {
  "use strict";
  document.querySelectorAll("form[data-upload] input[type=file]").forEach((input) => {
    input.addEventListener("change", () => {
      if (!input.files.length) return;
      const button = input.parentElement.querySelector("button[name=gui]");
      input.form.requestSubmit(button);
    });
  });
})();
