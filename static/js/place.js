// Where a procedure is filed: narrows the communes to the chosen province. Without it the list box holds them all.
(() => {
  "use strict";
  document.querySelectorAll("[data-address]").forEach((address) => {
    const province = address.querySelector("[data-province]");
    const commune = address.querySelector("[data-commune]");
    const groups = [...commune.querySelectorAll("optgroup")];
    const first = commune.options[0];
    const choose = first.textContent;

    const narrow = () => {
      const name = province.value && province.selectedOptions[0].label;
      const fitting = name ? groups.filter((group) => group.label === name) : groups;
      const chosen = commune.value;
      groups.forEach((group) => group.remove());
      commune.append(...fitting);
      commune.value = fitting.some((group) => [...group.children].some((o) => o.value === chosen)) ? chosen : "";
      first.textContent = fitting.length ? choose : commune.dataset.none;
    };

    province.addEventListener("change", narrow);
    commune.addEventListener("change", () => {
      const group = commune.selectedOptions[0]?.closest("optgroup");
      const match = group && !province.value && [...province.options].find((o) => o.label === group.label);
      if (match) {
        province.value = match.value;
        narrow();
      }
    });
    narrow();
  });
})();
