// Shows what of a picture the cover will show, from the same numbers that the server crops by; nothing is sent for it.
const form = document.querySelector("form[data-picture-form]");
if (form) {
    const view = form.querySelector("[data-crop-view]");
    const canvas = view.querySelector("canvas");
    const file = form.querySelector("[data-picture]");
    const kind = form.querySelector("[name=kind]");
    const number = (name) => Number(form.querySelector(`[name=${name}]`).value);
    let picture = null;

    const draw = () => {
        view.hidden = !picture || kind.value !== "cover";
        if (view.hidden) { return; }
        const whole = Math.min(picture.width / 16, picture.height / 9) * 100 / number("zoom");
        const wide = whole * 16;
        const high = whole * 9;
        const left = Math.min(Math.max(0, picture.width * number("focus_x") / 100 - wide / 2), picture.width - wide);
        const top = Math.min(Math.max(0, picture.height * number("focus_y") / 100 - high / 2), picture.height - high);
        canvas.getContext("2d").drawImage(picture, left, top, wide, high, 0, 0, canvas.width, canvas.height);
    };

    const show = async () => {
        picture = null;
        if (file.files[0]) {
            try {
                picture = await createImageBitmap(file.files[0]);
            } catch {
                picture = null; // the server says what is wrong with it
            }
        }
        draw();
    };
    file.addEventListener("change", show);
    if (file.files.length) { show(); } // chosen before this script came
    kind.addEventListener("change", draw);
    for (const slider of form.querySelectorAll("[data-crop]")) { slider.addEventListener("input", draw); }
}
