import assert from "node:assert/strict";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { star } from "../../benches/topologies";
import { type LoggedCommand, listCommands, withCommandLog } from "../support/commands";
import { listChanges } from "../support/engine-events";
import { useLab } from "../support/lab";
import { linuxnet } from "../support/linuxnet";
import { assertSucceeded } from "./every-example";

/** With the switch, and with a cable and a route for each: 1,000 resources. */
const HOSTS = 333;

/** What an ip has been asked of each place: a look at it. */
function looks(commands: readonly LoggedCommand[]): ReadonlyMap<string, number> {
    const places = commands.filter(({ argv }) => argv[0] === "ip").map(({ namespace }) => namespace ?? "the host");
    return new Map([...new Set(places)].map((place) => [place, places.filter((one) => one === place).length]));
}

const mostOf = (counts: ReadonlyMap<string, number>): number => Math.max(...counts.values());

describe("A lab of a thousand resources", () => {
    const lab = useLab(join(__dirname, "..", "..", "benches", "program"), { stack: "large" });
    const declarations = star(HOSTS).waves.flat();
    const declare = (all: typeof declarations): Promise<void> =>
        lab.write(JSON.stringify({ isReal: true, declarations: all }), "topology.json");

    it("comes up, and is in the state by less than 2,000 bytes each", async () => {
        assert.equal(declarations.length, 1000);
        await declare(declarations);
        assertSucceeded(await lab.up());
        const file = join(lab.folder, ".state", ".pulumi", "stacks", "bench", "large.json");
        const bytes = (await stat(file)).size / 1000;
        assert.ok(bytes < 2000, `${bytes} bytes`);
    });

    it("is left alone by an up of the same program, which looks at each namespace once", async () => {
        const { result, commands, mutating } = await withCommandLog(() => lab.up("--refresh"));
        assertSucceeded(result);
        assert.deepEqual(listChanges(result), []);
        assert.equal(listCommands(mutating), "");
        const counts = looks(commands);
        assert.equal(counts.size, HOSTS + 1, "the host, and each namespace");
        // The host's own namespace is looked at by the refresh, and by the checks.
        assert.ok((counts.get("the host") ?? 0) <= 4, `${counts.get("the host")} looks at the host`);
        assert.equal(mostOf(new Map([...counts].filter(([place]) => place !== "the host"))), 1);
    });

    it("is refreshed by one look at each namespace, where nobody is asked", async () => {
        const { result, commands, mutating } = await withCommandLog(() => linuxnet(lab, ["refresh", "--yes"]));
        assert.equal(result.code, 0, result.stderr);
        assert.match(result.stdout, /1001 unchanged/);
        assert.doesNotMatch(result.stdout, /Previewing/);
        assert.equal(listCommands(mutating), "");
        const counts = looks(commands);
        assert.equal(counts.size, HOSTS + 1, "the host, and each namespace");
        assert.equal(mostOf(counts), 1);
    });

    it("is changed in one address by what concerns that address", async () => {
        const changed = declarations.map((one) =>
            one.name === "h7-eth0" ? { ...one, inputs: { ...one.inputs, leftAddresses: "10.77.0.7/8" } } : one,
        );
        await declare(changed);
        const { result, commands, mutating } = await withCommandLog(() => lab.up());
        assertSucceeded(result);
        assert.deepEqual(listChanges(result), ["update h7-eth0: leftAddresses"]);
        const lines = mutating.flatMap(({ argv, input = "" }) => (argv[0] === "ip" ? input.split("\n") : []));
        const own = lines.filter((line) => !/^(addr|link|route) show/.test(line));
        assert.deepEqual(
            own,
            ["addr add 10.77.0.7/8 dev eth0", "addr del 10.0.1.8/8 dev eth0"],
            listCommands(mutating),
        );
        assert.deepEqual(new Set(mutating.map(({ namespace }) => namespace)), new Set(["h7", null]));
        assert.ok(looks(commands).size <= 2, [...looks(commands).keys()].join(", "));
    });
});
