// Buttons that copy a link; without JavaScript they stay hidden and the field can be copied by hand.
for (const button of document.querySelectorAll("[data-copy]")) {
    button.hidden = false;
    button.addEventListener("click", async () => {
        await navigator.clipboard.writeText(button.dataset.copy);
        button.textContent = button.dataset.copied;
    });
}
