import { data, element, make } from "./data.js";
import { mark } from "./marks.js";

/** @typedef {import("../cli/graph/page-data.js").Answer} Answer */
/** @typedef {import("../cli/graph/page-data.js").Step} Step */

const from = /** @type {HTMLInputElement} */ (element("from"));
const to = /** @type {HTMLInputElement} */ (element("to"));

/** @param {string} name */
const numberOf = (name) => data.places.findIndex((place) => place.name === name.trim());

/** @param {readonly Step[]} steps */
const list = (steps) => make("ol", "", ...steps.map(([, text]) => make("li", "", data.texts[text] ?? "")));

/**
 * @param {string} asker
 * @param {string} asked
 * @param {string} address
 * @param {Answer} answer
 */
function tell(asker, asked, address, { outcome, ttl, why, advice, there, back }) {
    const whom = `${asked} (${address})`;
    const isReply = outcome === "reply";
    const isSilent = outcome === "no-reply";
    const silence = isSilent ? "no answer comes" : outcome === "another" ? "another answers" : "it is told so";
    const verdict = isReply
        ? `${asker} reaches ${whom}: reply, ttl ${ttl}.`
        : `${asker} does not reach ${whom}: ${silence}.`;
    const reasons = [why, advice].flatMap((text) => (text === undefined ? [] : [data.texts[text] ?? ""]));
    return make(
        "div",
        "",
        make("p", isReply ? "reply" : "lost", verdict, ...reasons.map((text) => make("div", "", `${text}.`))),
        ...(there ? [make("div", "pale", "There:"), list(there)] : []),
        ...(back ? [make("div", "pale", "Back:"), list(back)] : []),
        ...(there ? [] : [make("p", "pale", "Hop by hop: ", make("code", "", `linuxnet explain ${asker} ${asked}`))]),
    );
}

function ask() {
    const [a, b] = [numberOf(from.value), numberOf(to.value)];
    const [asker, asked] = [data.places[a], data.places[b]];
    /** @param {readonly Node[]} nodes */
    const say = (...nodes) => element("answer").replaceChildren(...nodes);
    mark("way", []);
    if (from.value === "" || to.value === "") return say();
    if (asker === undefined || asked === undefined) {
        return say(make("p", "pale", `There is no ${asker === undefined ? from.value : to.value}.`));
    }
    if (a === b) return say(make("p", "pale", "Both are the same place."));
    const families = /** @type {const} */ ([4, 6]);
    const told = families.flatMap((family) => {
        const [answer, address] = [data.answers[data.ways[family][a]?.[b] ?? -1], asked.addresses[family]];
        return answer && address !== undefined ? [{ address, answer }] : [];
    });
    if (told.length === 0) {
        const why = data.isUnasked
            ? `Too many places to ask them all here: linuxnet explain ${asker.name} ${asked.name}`
            : `${asker.name} and ${asked.name} have no addresses of one family.`;
        return say(make("p", "lost", why));
    }
    const passed = told.flatMap(({ answer }) => [...(answer.there ?? []), ...(answer.back ?? [])]);
    mark("way", new Set([asker.box, asked.box, ...passed.map(([place]) => data.places[place]?.box ?? "")]));
    say(...told.map(({ address, answer }) => tell(asker.name, asked.name, address, answer)));
}

/**
 * Buttons that make a place the one that asks or is asked.
 *
 * @param {readonly string[]} names of alike ones the first
 */
export function offer([name = ""]) {
    if (numberOf(name) < 0) return [];
    return [
        { field: from, text: `from ${name}` },
        { field: to, text: `to ${name}` },
    ].map(({ field, text }) => {
        const button = make("button", "", text);
        button.addEventListener("click", () => {
            field.value = name;
            ask();
        });
        return button;
    });
}

element("places").append(
    ...data.places.map(({ name }) => {
        const option = document.createElement("option");
        option.value = name;
        return option;
    }),
);
for (const field of [from, to]) field.addEventListener("input", ask);
