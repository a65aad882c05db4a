// A security key's button works once its scripts are there, so that no click is lost; what goes wrong is said on the page.
document.addEventListener("DOMContentLoaded", () => { // after allauth's own listener: this script is read later
    for (const button of document.querySelectorAll("button[data-waits]")) { button.disabled = false; }
});
document.addEventListener("allauth.error", (event) => {
    const notice = document.getElementById("key-refused");
    notice.hidden = false;
    notice.focus();
    event.preventDefault();
});
