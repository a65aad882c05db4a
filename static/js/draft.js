// A campaign's form, a little more comfortable: sums as one types, one more line, a last save when the page is left.
const form = document.querySelector("form[data-draft]");
const lines = form.querySelector("[data-lines]");
const total = form.querySelector("[name=lines-TOTAL_FORMS]");
const blank = form.querySelector("template[data-blank-line]");
const add = form.querySelector("[data-add-line]");
const MOST_LINES = 40;
let isTyped = false; // something stands here that was not sent yet

function kopecks(text) {
    const plain = text.replace(/[\s\u00a0\u202f₽]/g, "").replace(",", ".");
    return /^\d{1,11}(\.\d{1,2})?$/.test(plain) ? Math.round(Number(plain) * 100) : 0;
}

function roubles(sum) {
    const whole = Math.floor(sum / 100).toString().replace(/\B(?=(\d{3})+$)/g, "\u00a0");
    return sum % 100 ? `${whole},${String(sum % 100).padStart(2, "0")}\u00a0₽` : `${whole}\u00a0₽`;
}

function count() {
    let goal = 0;
    let least = 0;
    for (const line of lines.querySelectorAll("[data-line]")) {
        const amount = kopecks(line.querySelector("[data-amount]").value);
        goal += amount;
        least += line.querySelector("[data-essential]").checked ? amount : 0;
    }
    for (const [name, sum] of [["goal", goal], ["least", least]]) {
        const shown = form.querySelector(`[data-${name}]`);
        if (shown) { shown.textContent = roubles(sum); }
    }
}

add.hidden = false;
add.nextElementSibling.hidden = true;
add.addEventListener("click", () => {
    const number = Number(total.value);
    if (number >= MOST_LINES) { return; }
    lines.insertAdjacentHTML("beforeend", blank.innerHTML.replaceAll("__prefix__", number));
    const line = lines.lastElementChild;
    line.querySelector("[data-number]").textContent = number + 1;
    total.value = number + 1;
    add.disabled = number + 1 >= MOST_LINES;
    line.querySelector("input").focus();
});
form.addEventListener("input", () => {
    isTyped = true;
    count();
});
form.addEventListener("htmx:beforeRequest", () => { isTyped = false; });
document.addEventListener("visibilitychange", () => {
    if (isTyped && document.visibilityState === "hidden") { form.dispatchEvent(new Event("save")); }
});
for (const name of ["htmx:sendError", "htmx:responseError", "htmx:timeout"]) {
    form.addEventListener(name, () => {
        const told = form.querySelector("[data-offline]");
        if (told) { told.hidden = false; }
        setTimeout(() => form.dispatchEvent(new Event("save")), 10_000);
    });
}
window.addEventListener("load", () => { // what was typed before this script came
    const [way] = performance.getEntriesByType("navigation");
    if (way.type !== "navigate") { return; } // a browser that reloads puts old words back, over newer ones of another tab
    const fields = form.querySelectorAll("input:not([type=checkbox], [type=hidden]), textarea");
    if ([...fields].some((field) => field.value !== field.defaultValue)) {
        count();
        form.dispatchEvent(new Event("save"));
    }
});
