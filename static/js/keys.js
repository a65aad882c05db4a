// A security key's button works once its scripts are there (until then a click would be lost), and says what went wrong.
"use strict";

document.addEventListener("DOMContentLoaded", () => {
  for (const button of document.querySelectorAll("button[data-waits]")) button.disabled = false;
});

document.addEventListener("allauth.error", (event) => {
  const notice = document.getElementById("key-refused");
  notice.hidden = false;
  notice.focus();
  event.preventDefault();
});
