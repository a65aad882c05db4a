// The donation form and the checkout, a little more comfortable: a preset clears the own sum and the other way round; one submit only.
for (const form of document.querySelectorAll("form[data-give]")) {
    const own = form.querySelector("[data-own-amount]");
    const presets = form.querySelectorAll("[data-presets=preset] input[type=radio]");
    const button = form.querySelector("button[data-busy-label]");
    const label = button.textContent;
    for (const preset of presets) {
        preset.addEventListener("change", () => { own.value = ""; });
    }
    own?.addEventListener("input", () => {
        for (const preset of presets) { preset.checked = false; }
    });
    form.addEventListener("submit", () => {
        button.disabled = true;
        button.textContent = button.dataset.busyLabel;
    });
    window.addEventListener("pageshow", () => {
        button.disabled = false;
        button.textContent = label;
    });
}
