// Sends a chosen file at once, so that nobody forgets the second button. Without it that button does the same.
(() => {
  "use strict";
  document.querySelectorAll("form[data-upload] input[type=file]").forEach((input) => {
    const send = () => {
      if (input.files.length) input.form.requestSubmit(input.parentElement.querySelector("button[name=gui]"));
    };
    input.addEventListener("change", send);
    send(); // chosen before this script was there
  });
})();
