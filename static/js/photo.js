// Shows a product's photo large over the page; without this script its link opens the same file.
const dialog = document.querySelector("[data-photo-dialog]");
const links = [...document.querySelectorAll("a[data-photo]")];
if (dialog && dialog.showModal) {
    const picture = dialog.querySelector("img");
    let place = 0;

    const show = (number) => {
        place = (number + links.length) % links.length;
        const small = links[place].querySelector("img");
        picture.src = links[place].href;
        picture.alt = small.alt;
        picture.width = small.width;
        picture.height = small.height;
    };
    links.forEach((link, number) => link.addEventListener("click", (event) => {
        if (event.ctrlKey || event.metaKey || event.shiftKey) { return; } // a new tab, as the reader wants
        event.preventDefault();
        show(number);
        dialog.showModal();
    }));
    dialog.addEventListener("click", (event) => { if (event.target === dialog) { dialog.close(); } });
    dialog.addEventListener("keydown", (event) => {
        if (event.key === "ArrowRight") { show(place + 1); }
        if (event.key === "ArrowLeft") { show(place - 1); }
    });
}
