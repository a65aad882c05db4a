// Buttons that copy a link; without JavaScript they stay hidden and the field can be copied by hand.
const show = (root) => { for (const button of root.querySelectorAll("[data-copy]")) { button.hidden = false; } };
show(document);
document.addEventListener("htmx:load", (event) => { show(event.detail.elt.parentElement ?? document); });
document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy]");
    if (button) {
        await navigator.clipboard.writeText(button.dataset.copy);
        button.textContent = button.dataset.copied;
    }
});
