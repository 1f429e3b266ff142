import { boxes, data, element, links, make, words } from "./data.js";
import { mark } from "./marks.js";
import { isDragged, svg } from "./view.js";
import { offer } from "./ways.js";

/**
 * @param {string} title
 * @param {readonly (readonly (string | Node)[])[]} rows
 * @returns {Node[]}
 */
function table(title, rows) {
    if (rows.length === 0) return [];
    const lines = rows.map((cells) => make("tr", "", ...cells.map((cell) => make("td", "", cell))));
    return [make("h2", "", title), make("table", "", ...lines)];
}

/**
 * @param {string} text
 * @param {import("./data.js").Part} part
 */
const said = (text, part) => make("span", "", text, ...words(part));

/** @param {readonly string[]} drift */
const drifted = (drift) =>
    table(
        "Changed by hand",
        drift.map((text) => [text]),
    );

/** @param {import("./data.js").Box} box */
function boxDetails(box) {
    const { id, name, kind, forwarding, rows, routes, members } = box;
    const about = [kind, forwarding, members.length > 0 ? `${members.length} alike` : ""].filter((word) => word !== "");
    const whole = data.tables[id] ?? [];
    const inNoTable = routes.filter(({ status, text }) => status === "gone" || text.includes(" table "));
    return [
        make("h2", "", said(name, box)),
        make("p", "pale", about.join(" · ")),
        ...(kind === "bridge" || kind === "tunnel"
            ? []
            : offer(members.length > 0 ? members.map((one) => one.name) : [name])),
        ...table(
            kind === "bridge" ? "Ports" : "Devices",
            rows.map((row) => [said(row.name, row), [...row.addresses, ...row.notes].join("\n"), row.resource]),
        ),
        ...table(members.length > 0 ? `Routes of ${members[0]?.name}` : "Routes", [
            ...whole.map((text) => [text]),
            ...inNoTable.map((route) => [said(route.text, route)]),
        ]),
        ...table(
            "Stands for",
            members.map((member) => [member.name, member.addresses.join(", ")]),
        ),
        ...drifted([box, ...rows, ...routes].flatMap(({ drift }) => drift)),
    ];
}

/** @param {import("./data.js").Link} link */
function linkDetails(link) {
    const ends = link.ends.map(({ box, port }) => {
        const { name = "", rows = [] } = boxes.get(box) ?? {};
        const row = rows.find((one) => one.port === port);
        return [row ? said(row.name, row) : "", name, row?.addresses.join("\n") ?? ""];
    });
    return [
        make("h2", "", said(link.text, link)),
        make("p", "pale", [link.kind, ...(link.count > 1 ? [`${link.count} alike`] : []), link.resource].join(" · ")),
        ...table("Ends", ends),
        ...drifted(link.drift),
    ];
}

/** @param {string | undefined} id */
function choose(id) {
    const [box, link] = [boxes.get(id ?? ""), links.get(id ?? "")];
    mark("chosen", (box ?? link) ? [id ?? ""] : []);
    const details = box ? boxDetails(box) : link ? linkDetails(link) : [];
    element("details").replaceChildren(...details);
    element("details").scrollIntoView({ block: "nearest" });
}

svg.addEventListener("click", ({ target }) => {
    if (isDragged || !(target instanceof Element)) return;
    choose(target.closest(".box, .link")?.id);
});
document.addEventListener("keydown", ({ key }) => {
    if (key === "Escape") choose(undefined);
});
