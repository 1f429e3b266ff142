import assert from "node:assert/strict";
import { badges } from "../../cli/graph/colours";
import { toDot } from "../../cli/graph/dot";
import { formatOf, write } from "../../cli/graph/formats";
import { toHtml } from "../../cli/graph/html";
import { toMermaid } from "../../cli/graph/mermaid";
import { pageData } from "../../cli/graph/page-data";
import { toSvg } from "../../cli/graph/svg";
import type { Resource } from "../../model/topology/topology";
import { HOSTILE, HOSTILE_LAB, OVERLAY, picture, ROUTER, resource, starOf } from "../support/pictures";

/** What a person reads of an SVG. */
const textsOf = (svg: string): string[] =>
    [...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map(([, text = ""]) => unescaped(text));

const ENTITIES: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'", nbsp: " " };
const unescaped = (text: string): string =>
    text
        .replace(/&#(\d+);/g, (_, code) => String.fromCodePoint(Number(code)))
        .replace(/&(\w+);/g, (whole, name) => ENTITIES[name] ?? whole)
        .replaceAll("\u00A0", " ");

/** A name as it is shown: a box for what nobody can see. */
const shown = (name: string): string => name.replace(/[\p{Cc}\p{Cs}]/gu, "□");

const down: readonly Resource[] = ROUTER.map((one) =>
    one.name === "link1" ? { ...one, inputs: { ...one.inputs, rightUp: false } } : one,
);
const isGone = [{ resource: resource("Namespace", "ns2", { name: "ns2" }), isGone: true, words: ["ns2 is gone"] }];

describe("SVG and DOT", () => {
    it("show what the boxes say, and nothing of what Graphviz calls them", async () => {
        const svg = await toSvg(picture(ROUTER));
        assert.deepEqual(textsOf(svg), [
            "lab/dev, declared",
            ...["ns1", "eth0  10.1.0.2/24", "10.2.0.0/24 via 10.1.0.1"],
            ...["router", "forwards IPv4", "r1  10.1.0.1/24", "r2  10.2.0.1/24"],
            ...["ns2", "eth0  10.2.0.2/24", "default via 10.2.0.1"],
        ]);
        assert.match(svg, /^<svg /);
        assert.match(svg, /<title>eth0 ⟷ r1<\/title>/);
        assert.doesNotMatch(svg, /<title>n1|<!--|xlink:title|Courier/);
    });

    it("say in words, dashes and colours what is down, gone and drifted", async () => {
        const drifts = [
            { resource: resource("VethPair", "link1", {}), isGone: false, words: ["router: r1 up → down"] },
            ...isGone,
        ];
        const svg = await toSvg(
            picture(
                down.filter(({ name }) => name !== "ns2"),
                { state: "deployed", drifts },
            ),
        );
        const texts = textsOf(svg);
        for (const word of ["down", "drifted", "gone", "lab/dev, deployed"]) assert.ok(texts.includes(word), word);
        assert.match(svg, /stroke="#d55e00"[^>]*stroke-dasharray/i);
        assert.deepEqual(badges({ status: "down", drift: ["…"] }), ["down", "drifted"]);
    });

    it("show names as they are, whatever is in them", async () => {
        const svg = await toSvg(picture(HOSTILE_LAB));
        const all = textsOf(svg).join("\n");
        for (const name of HOSTILE) assert.ok(all.includes(shown(name)), name);
        assert.doesNotMatch(svg, /<script|<img/);
        // Half a character, or a control character, and no XML parser would read on.
        assert.doesNotMatch(svg.replaceAll("\n", ""), /[\p{Cs}\p{Cc}]/u);
    });

    it("count the routes of a large picture, and of a box with many", async () => {
        const many = Array.from({ length: 12 }, (_, at) =>
            resource("Route", `r${at}`, { namespace: "ns1", destination: `10.9.${at}.0/24`, gateway: "10.1.0.1" }),
        );
        assert.ok(textsOf(await toSvg(picture([...ROUTER, ...many]))).includes("5 routes more"));
        const texts = textsOf(await toSvg(picture(starOf(40), {})));
        assert.ok(texts.includes("default via 10.255.255.254"));
        const spread = starOf(40).map((one) =>
            one.kind === "VethPair" ? { ...one, inputs: { ...one.inputs, leftUp: false } } : one,
        );
        assert.ok(textsOf(await toSvg(picture(spread))).includes("1 route"));
    });

    it("draw a tunnel dashed, and hosts as frames", () => {
        const dot = toDot(picture(OVERLAY));
        assert.match(dot, /tooltip="vxlan 42: vx0 ⟷ vx0", color="#8A5A83", style=dashed/);
        assert.equal(dot.match(/subgraph "cluster f /g)?.length, 2);
    });
});

describe("Mermaid", () => {
    const TEXT = String.raw`(?:[\p{L}\p{N} .,:/()=+@…·⟷×□-]|#\d+;|</?[bi]>|<br/>)*`;
    /** Each line that Mermaid's grammar for flowcharts has, with no more in its quotes than letters and entities. */
    const LINES = [
        /^flowchart LR$/,
        new RegExp(`^%% ${TEXT}$`, "u"),
        new RegExp(String.raw`^n\d+\["${TEXT}"\]:::(namespace|host|bridge|down|gone)$`, "u"),
        new RegExp(String.raw`^n\d+ (---|-\.-|===)(\|"${TEXT}"\|)? n\d+$`, "u"),
        new RegExp(String.raw`^subgraph frame\d+\["${TEXT}"\]$`, "u"),
        /^end$/,
        /^classDef [a-z]+ fill:#\w{6},stroke:#\w{6},color:#\w{6},text-align:left(,stroke-dasharray:\d \d)?$/,
        /^linkStyle \d+(,\d+)* stroke:#\w{6},stroke-width:2px,stroke-dasharray:\d \d$/,
    ];

    for (const [title, lab] of Object.entries({ ROUTER, down, OVERLAY, HOSTILE_LAB, star: starOf(250) })) {
        it(`has only lines that its grammar knows: ${title}`, () => {
            for (const line of toMermaid(picture(lab)).trimEnd().split("\n")) {
                assert.ok(
                    LINES.some((one) => one.test(line.trim())),
                    line,
                );
            }
        });
    }

    it("says what the boxes say", () => {
        const text = toMermaid(picture(down));
        assert.match(
            text,
            /n3\["<b>router<\/b><br\/><i>forwards IPv4<\/i><br\/>r1 10\.1\.0\.1\/24 <b>down<\/b><br\/>r2 /,
        );
        assert.match(text, /n1 ---\|"eth0 ⟷ r1 down"\| n3/);
        assert.match(text, /linkStyle 0 stroke:#D55E00/);
    });
});

describe("the page", () => {
    it("knows what becomes of each two places, hop by hop", () => {
        const broken = ROUTER.filter(({ name }) => name !== "to-ns1");
        const data = pageData(picture(broken), broken);
        assert.deepEqual(
            data.places.map(({ name, addresses }) => [name, addresses[4]]),
            [
                ["ns1", "10.1.0.2"],
                ["ns2", "10.2.0.2"],
                ["router", "10.1.0.1"],
            ],
        );
        const answer = data.answers[data.ways[4][0]?.[1] ?? -1];
        assert.equal(answer?.outcome, "no-reply");
        assert.equal(data.texts[answer?.why ?? -1], "the way back: ns2 has no route to 10.1.0.2");
        assert.deepEqual(answer?.there?.map(([, text]) => data.texts[text]).slice(0, 2), [
            "ns1: route 10.2.0.0/24 via 10.1.0.1 dev eth0   (to-ns2)",
            "eth0 ⟷ r1 in router   (link1)",
        ]);
        assert.deepEqual(data.tables[data.places[1]?.box ?? ""], ["10.2.0.0/24 dev eth0 (comes with an address)"]);
    });

    it("knows of a large lab what comes of asking, in little space", () => {
        const lab = starOf(60);
        const data = pageData(picture(lab), lab);
        assert.equal(data.ways[4].flat().filter((one) => one !== null).length, 61 * 60);
        assert.deepEqual(data.answers, [{ outcome: "reply", ttl: 64 }]);
        assert.equal(data.places[3]?.box, data.boxes[0]?.id);
    });

    it("holds names as text, and runs its own program alone", async () => {
        const html = await toHtml(picture(HOSTILE_LAB, { title: HOSTILE[0] ?? "" }), HOSTILE_LAB);
        assert.equal(html.match(/<script/g)?.length, 2);
        assert.equal(html.match(/<\/script/g)?.length, 2);
        assert.doesNotMatch(html, /<img|unsafe-inline|(src|href)="/);
        assert.match(html, /default-src 'none'; style-src 'sha256-\S+'; script-src 'sha256-\S+';/);
        const [, json = ""] = /id="data">(.*?)<\/script>/s.exec(html) ?? [];
        assert.equal(JSON.parse(json).title, HOSTILE[0]);
        assert.doesNotMatch(html, /^(import|export) /m);
    });
});

describe("formats", () => {
    it("go by the file's name", () => {
        const files = ["a.svg", "a.b/c.HTML", "x.mmd", "lab.dot", "lab.gv", "lab.json", "lab", "lab.png"];
        assert.deepEqual(files.map(formatOf), [
            ...["svg", "html", "mermaid", "dot", "dot", "json"],
            ...[undefined, undefined],
        ]);
    });

    for (const format of ["svg", "html", "mermaid", "dot", "json"] as const) {
        it(`are the same bytes for the same lab, in whatever order: ${format}`, async () => {
            const [one, other] = [OVERLAY, [...OVERLAY].reverse()];
            assert.equal(await write(format, picture(other), other), await write(format, picture(one), one));
        });
    }
});
