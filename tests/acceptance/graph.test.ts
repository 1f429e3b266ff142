import assert from "node:assert/strict";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Box, Picture } from "../../cli/graph/picture";
import { ip } from "../support/kernel";
import { type Lab, useLab } from "../support/lab";
import { assertSucceeded } from "./every-example";

const star = (size: number): string => `
import * as linuxnet from "pulumi-linuxnet";
const hub = new linuxnet.Bridge("hub", { addresses: ["10.0.0.1/16"] });
for (let at = 1; at <= ${size}; at++) {
    const host = new linuxnet.Namespace(\`h\${at}\`);
    new linuxnet.VethPair(\`link\${at}\`, {
        left: { namespace: host, name: "eth0", addresses: [\`10.0.1.\${at}/16\`] },
        right: { name: \`p\${at}\`, bridge: hub },
    });
    new linuxnet.Route(\`out\${at}\`, { namespace: host, destination: "default", gateway: "10.0.0.1" });
}
`;

const folder = join(__dirname, "..", "..", "docs", "pictures");

/** The pictures of the documentation are what the command draws: `npm run pictures` writes them, every other run compares. */
async function assertPicture(name: string, svg: string): Promise<void> {
    const file = join(folder, name);
    if (process.env["LINUXNET_PICTURES"] === "write") {
        await mkdir(folder, { recursive: true });
        await writeFile(file, svg);
    }
    assert.equal(svg, await readFile(file, "utf8"), `docs/pictures/${name} is not what is drawn: npm run pictures`);
}

describe("linuxnet graph", () => {
    const lab = useLab("router", { stack: "dev" });
    const graph = (of: Lab, ...args: string[]): Promise<string> => of.command("graph", "--stack", "dev", ...args);
    const deployed = async (): Promise<Picture> => JSON.parse(await graph(lab, "--deployed", "--format", "json"));
    const boxNamed = ({ boxes }: Picture, name: string): Box => {
        const found = boxes.find((box) => box.name === name);
        assert.ok(found, `${name} is among ${boxes.map((box) => box.name)}`);
        return found;
    };

    it("draws what is declared before anything is there, the same each time", async () => {
        const svg = await graph(lab);
        await assertPicture("router.svg", svg);
        assert.equal(await graph(lab), svg);
        assert.deepEqual((await deployed()).boxes, []);
    });

    it("writes a file in the format of its name", async () => {
        const read = async (name: string): Promise<string> => {
            assert.equal(await graph(lab, "--output", name), "");
            return lab.read(name);
        };
        assert.match(await read("lab.html"), /^<!doctype html>[\s\S]*ns-router-dev[\s\S]*<\/html>\n$/);
        assert.equal(JSON.parse(await read("lab.json")).title, "router/dev");
    });

    it("tells whoever names what it cannot write", async () => {
        await assert.rejects(
            graph(lab, "--output", "lab.png"),
            /\(2\)[\s\S]*lab\.png does not tell what to write: --output lab\.svg, lab\.html/,
        );
        await assert.rejects(graph(lab, "--format", "png"), /\(2\)[\s\S]*png[\s\S]*Allowed choices are svg, html/);
        await assert.rejects(
            graph(lab, "--output", "no/such/lab.svg"),
            /\(1\)[\s\S]*no\/such\/lab\.svg cannot be written/,
        );
    });

    it("draws what is there: all as deployed, then what somebody has changed by hand", async () => {
        assertSucceeded(await lab.up());
        const { state, boxes, links } = await deployed();
        assert.equal(state, "deployed");
        const parts = [...boxes, ...links, ...boxes.flatMap(({ rows, routes }) => [...rows, ...routes])];
        assert.deepEqual(
            parts.filter(({ status, drift }) => status !== "up" || drift.length > 0),
            [],
        );

        await ip("-n", "ns-router-dev", "link", "set", "veth-ns1-router", "down");
        await ip("-n", "ns2-dev", "addr", "add", "192.168.2.77/24", "dev", "veth-ns2");
        await ip("-n", "ns2-dev", "route", "del", "192.168.1.0/24");
        const now = await deployed();
        const [port] = boxNamed(now, "ns-router-dev").rows;
        assert.deepEqual(
            [port?.name, port?.status, port?.drift],
            ["veth-ns1-router", "down", ["ns-router-dev: veth-ns1-router up → down"]],
        );
        const { rows, routes } = boxNamed(now, "ns2-dev");
        assert.deepEqual(rows[0]?.addresses, ["192.168.2.2/24", "192.168.2.77/24"]);
        assert.deepEqual(rows[0]?.drift, ["ns2-dev: veth-ns2 +192.168.2.77/24"]);
        assert.deepEqual(
            routes.map((route) => route.status),
            ["gone"],
        );
        assert.deepEqual(
            now.links.map((link) => link.status),
            ["down", "up"],
        );
        await assertPicture("drifted.svg", await graph(lab, "--deployed"));
        // What is declared has not changed.
        await assertPicture("router.svg", await graph(lab));
    });

    it("draws a namespace that is gone as it was", async () => {
        await ip("netns", "del", "ns1-dev");
        const now = await deployed();
        const { status, rows } = boxNamed(now, "ns1-dev");
        assert.deepEqual([status, rows[0]?.status], ["gone", "gone"]);
    });
});

describe("linuxnet graph of other labs", () => {
    for (const example of ["two-hosts", "overlay"]) {
        describe(example, () => {
            const lab = useLab(example, { stack: "dev" });

            it("is as the documentation shows it", async () => {
                await assertPicture(`${example}.svg`, await lab.command("graph", "--stack", "dev"));
            });
        });
    }

    describe("a star of 250", () => {
        const lab = useLab("router", { stack: "dev" });

        it("is as the documentation shows it, and each by itself where that is asked for", async () => {
            await lab.write(star(250));
            await assertPicture("star-250.svg", await lab.command("graph", "--stack", "dev"));
            await lab.write(star(20));
            const all: Picture = JSON.parse(await lab.command("graph", "--stack", "dev", "--expand", "-f", "json"));
            assert.equal(all.boxes.length, 22);
        });
    });
});
