// Checks a proof file (c2sp.org/tlog-proof) in the browser, without a library and without asking anybody.
// The page that can be saved holds this very file within itself, so it imports nothing and stands alone.
const LARGEST_BYTES = 200_000;
const HASH_BYTES = 32;
const KEY_BYTES = 33; // one that says Ed25519, then the key
const ID_BYTES = 4;
const SIGNED_BYTES = 68; // the key's number, then the signature
const WHOLE = /^(0|[1-9][0-9]{0,18})$/;

// Why a proof is refused: `word` names a sentence of the page, `slots` what stands in it.
class Fault extends Error {
    constructor(word, slots = {}) {
        super(word);
        this.word = word;
        this.slots = slots;
    }
}

const utf8 = (text) => new TextEncoder().encode(text);
const same = (left, right) => left.length === right.length && left.every((byte, index) => byte === right[index]);
const join = (...parts) => Uint8Array.from(parts.flatMap((part) => [...part]));
const sha256 = async (bytes) => new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
const nodeHash = (left, right) => sha256(join([1], left, right));

// Base64 as bytes. There is one way to write them, so a changed letter is always another text.
function decoded(text, word) {
    let found;
    try {
        found = atob(text);
    } catch {
        throw new Fault(word);
    }
    if (btoa(found) !== text) { throw new Fault(word); }
    return Uint8Array.from(found, (letter) => letter.charCodeAt(0));
}

// A key in the form of signed notes: name+number+base64.
async function readKey(text) {
    const [name, number, ...rest] = text.trim().split("+");
    const content = decoded(rest.join("+"), "key-form");
    if (!name || content.length !== KEY_BYTES || content[0] !== 1) { throw new Fault("key-form"); }
    const id = (await sha256(join(utf8(`${name}\n`), content))).slice(0, ID_BYTES);
    const written = [...id].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    if (written !== number) { throw new Fault("key-number"); }
    return { name, id, bytes: content.slice(1) };
}

// The parts of a proof's text; says where it is cut off or broken.
function readProof(text) {
    if (!text.startsWith("c2sp.org/tlog-proof@v1\n")) { throw new Fault("not-proof"); }
    const middle = text.indexOf("\n\n");
    const end = text.lastIndexOf("\n\n");
    if (middle < 0 || end === middle || !text.endsWith("\n")) { throw new Fault("cut"); }
    const [, extra, index, ...path] = text.slice(0, middle).split("\n");
    if (!extra?.startsWith("extra ") || !index?.startsWith("index ")) { throw new Fault("no-entry"); }
    const signed = text.slice(middle + 2, end + 1);
    const [origin, size, root] = signed.split("\n");
    const place = index.slice("index ".length);
    const proof = {
        leaf: decoded(extra.slice("extra ".length), "broken"),
        path: path.map((line) => decoded(line, "broken")),
        signatures: text.slice(end + 2, -1).split("\n").map((line) => line.split(" ")),
        place, signed, origin, size, root: decoded(root ?? "", "broken"),
    };
    const isWhole = WHOLE.test(place) && WHOLE.test(size) && BigInt(place) < BigInt(size);
    if (!isWhole || [...proof.path, proof.root].some((hash) => hash.length !== HASH_BYTES)) { throw new Fault("broken"); }
    return proof;
}

// The log's key must have signed the text that names size and root.
async function checkSignature(proof, key) {
    if (proof.origin !== key.name) { throw new Fault("other-log", { found: proof.origin, wanted: key.name }); }
    const signatures = proof.signatures.map(([mark, name, encoded, ...rest]) => {
        if (mark !== "—" || !encoded || rest.length) { throw new Fault("broken"); }
        return { name, bytes: decoded(encoded, "broken") };
    });
    const own = signatures.find(({ name, bytes }) => name === key.name && same(bytes.slice(0, ID_BYTES), key.id));
    if (!own) { throw new Fault("other-key"); }
    if (own.bytes.length !== SIGNED_BYTES) { throw new Fault("broken"); }
    const imported = await crypto.subtle.importKey("raw", key.bytes, "Ed25519", false, ["verify"]);
    const isGood = await crypto.subtle.verify("Ed25519", imported, own.bytes.slice(ID_BYTES), utf8(proof.signed));
    if (!isGood) { throw new Fault("false-signature"); }
}

// The way from the leaf's hash up to the root (RFC 9162, 2.1.3.2); null where it leads nowhere.
async function provenRoot(proof) {
    let index = BigInt(proof.place);
    let last = BigInt(proof.size) - 1n;
    let found = await sha256(join([0], proof.leaf));
    for (const step of proof.path) {
        if (last === 0n) { return null; }
        if (index & 1n || index === last) {
            found = await nodeHash(step, found);
            while (index !== 0n && !(index & 1n)) {
                index >>= 1n;
                last >>= 1n;
            }
        } else {
            found = await nodeHash(found, step);
        }
        index >>= 1n;
        last >>= 1n;
    }
    return last === 0n ? found : null;
}

// The entry that was hashed, if this page knows its form.
function readEntry(leaf) {
    try {
        const entry = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(leaf));
        const isDay = !Number.isNaN(Date.parse(entry.business_date));
        const isMoney = entry.postings.length && entry.postings.every((row) => Number.isSafeInteger(row.amount_kopecks));
        if (entry.version === 1 && isDay && isMoney) { return entry; }
    } catch {
        // Not JSON, or other names: told below as what it is.
    }
    throw new Fault("entry-form");
}

// All of it: form, signature, path; gives back what was proved.
async function check(text, keyText) {
    const key = await readKey(keyText);
    const proof = readProof(text);
    await checkSignature(proof, key);
    const root = await provenRoot(proof);
    if (root === null || !same(root, proof.root)) { throw new Fault("changed"); }
    return { entry: readEntry(proof.leaf), nth: BigInt(proof.place) + 1n, size: BigInt(proof.size), origin: proof.origin };
}

// What the page says.
const page = document.querySelector("[data-verifier]");
const [file, pasted, key, result] = ["file", "text", "key", "result"].map((name) => page.querySelector(`[data-${name}]`));
const language = document.documentElement.lang;
const whole = (number) => String(number).replace(/\B(?=(\d{3})+$)/g, "\u00a0");
const roubles = (kopecks) => {
    const rest = kopecks % 100n;
    return `${whole(kopecks / 100n)}${rest ? `,${String(rest).padStart(2, "0")}` : ""}\u00a0₽`;
};
const day = (text) => new Intl.DateTimeFormat(language, { dateStyle: "long", timeZone: "UTC" }).format(new Date(text));
const copyOf = (name) => page.querySelector(`template[data-${name}]`).content.cloneNode(true);

function fill(part, slots) {
    for (const [name, text] of Object.entries(slots)) {
        for (const slot of part.querySelectorAll(`[data-slot="${name}"]`)) { slot.textContent = text; }
    }
    return part;
}

function show(part) {
    result.replaceChildren(part);
    result.hidden = false;
    result.focus();
}

function showProved({ entry, nth, size, origin }) {
    const sum = entry.postings.reduce((total, row) => total + BigInt(row.amount_kopecks), 0n);
    const part = fill(copyOf("proved"), {
        number: whole(entry.number), memo: entry.memo, day: day(entry.business_date), sum: roubles(sum),
        nth: whole(nth), size: whole(size), origin,
    });
    part.querySelector("[data-postings]").append(...entry.postings.map((row) => fill(copyOf("posting"), {
        debit: row.debit, credit: row.credit, amount: roubles(BigInt(row.amount_kopecks)),
    })));
    part.querySelector("[data-reversal]").hidden = entry.reverses === null;
    show(fill(part, { reverses: whole(entry.reverses ?? 0) }));
}

function showFault({ word, slots }) {
    const part = copyOf("refused");
    for (const sentence of part.querySelectorAll("[data-word]")) {
        if (sentence.dataset.word !== word) { sentence.remove(); }
    }
    show(fill(part, slots));
}

async function run(work) {
    try {
        if (!globalThis.crypto?.subtle) { throw new Fault("no-crypto"); }
        showProved(await work());
    } catch (error) {
        if (error.name === "NotSupportedError") {
            showFault(new Fault("no-ed25519"));
        } else if (error instanceof Fault) {
            showFault(error);
        } else {
            throw error;
        }
    }
}

async function textOf(found) {
    if (found.size > LARGEST_BYTES) { throw new Fault("too-large"); }
    try {
        return new TextDecoder("utf-8", { fatal: true }).decode(await found.arrayBuffer());
    } catch {
        throw new Fault("not-proof");
    }
}

const checkFile = (found) => run(async () => {
    const text = await textOf(found);
    pasted.value = text;
    return check(text.replaceAll("\r\n", "\n"), key.value);
});

page.addEventListener("dragover", (event) => {
    event.preventDefault();
    page.classList.add("verifier--over");
});
page.addEventListener("dragleave", () => { page.classList.remove("verifier--over"); });
page.addEventListener("drop", (event) => {
    event.preventDefault();
    page.classList.remove("verifier--over");
    if (event.dataTransfer.files.length) { checkFile(event.dataTransfer.files[0]); }
});
file.addEventListener("change", () => { if (file.files.length) { checkFile(file.files[0]); } });
const begin = page.querySelector("[data-check]");
begin.addEventListener("click", () => run(async () => {
    const text = pasted.value;
    if (!text.trim()) { throw new Fault("nothing"); }
    if (utf8(text).length > LARGEST_BYTES) { throw new Fault("too-large"); }
    return check(`${text.trim()}\n`, key.value); // who copies a text by hand loses its last line's end
}));
begin.disabled = false; // a click or a file from before this script came would have been lost
if (file.files.length) { checkFile(file.files[0]); }
