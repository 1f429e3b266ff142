import assert from "node:assert/strict";
import { Driver } from "../../benches/driver";
import { star } from "../../benches/topologies";
import { withMisdeed } from "../faults/misbehaving";
import { type LoggedCommand, withCommandLog } from "../support/commands";
import { sweep } from "../support/provider";

/*
 * What time is made of, as far as it can be counted: programs that are started on the machine, exchanges with it, reads. A clock
 * would tell of the machine that the tests are run on.
 */

interface Cost {
    /** Programs started: those that do something, and shells of their own. */
    readonly programs: number;
    readonly exchanges: number;
    readonly commands: readonly LoggedCommand[];
}

async function costOf(work: () => Promise<unknown>): Promise<Cost> {
    const { result, commands } = await withCommandLog(() => withMisdeed("fails", 0, work));
    if (result.error !== undefined) throw result.error;
    return { programs: result.calls, exchanges: new Set(commands.map(({ exchange }) => exchange)).size, commands };
}

/** The costs of a star of so many namespaces. */
async function costsOf(size: number) {
    const driver = new Driver(star(size));
    const up = await costOf(() => driver.up());
    const again = await costOf(() => driver.up());
    const refresh = await costOf(() => driver.refresh());
    const destroy = await costOf(() => driver.destroy());
    return { up, again, refresh, destroy };
}

describe("What a star costs, for each of its namespaces with its cable and its route", () => {
    afterEach("sweep", () => sweep());
    let [small, large]: Awaited<ReturnType<typeof costsOf>>[] = [];

    beforeEach("two of them", async function () {
        this.timeout(60_000);
        small = await costsOf(4);
        large = await costsOf(12);
    });

    /** What eight more of them cost, each: the machine itself is looked at once. */
    function each(what: "up" | "again" | "refresh" | "destroy", of: "programs" | "exchanges"): number {
        const [one, other] = [small?.[what][of], large?.[what][of]];
        assert.ok(one !== undefined && other !== undefined);
        return (other - one) / 8;
    }

    it("is seven programs and four exchanges to come up", () => {
        // unshare, its shell and ip; a folder for records; ip for both ends and the one inside, ip for the other; ip for the route.
        // Two at a time may both make the same folder.
        assert.ok(each("up", "programs") < 8, `${each("up", "programs")} programs`);
        assert.ok(each("up", "exchanges") <= 4, `${each("up", "exchanges")} exchanges`);
    });

    it("is nothing where nothing is to change, but one look at the host", () => {
        const commands = large?.again.commands ?? [];
        assert.deepEqual(
            commands.filter(({ argv }) => argv[0] === "ip").map(({ namespace, input }) => [namespace, input]),
            [[null, "addr show"]],
        );
        assert.ok(commands.every(({ mutating }) => !mutating));
        assert.equal(each("again", "programs"), 0);
    });

    it("is one look at each namespace to refresh it, and nothing that changes anything", () => {
        const reads = large?.refresh.commands.filter(({ argv }) => argv[0] === "ip") ?? [];
        const places = reads.map(({ namespace }) => namespace);
        assert.equal(new Set(places).size, 13, "the host, and twelve namespaces");
        assert.equal(places.length, 13, `${places.length} looks`);
        assert.ok(large?.refresh.commands.every(({ mutating }) => !mutating));
        assert.equal(each("refresh", "programs"), 1);
        assert.equal(each("refresh", "exchanges"), 1);
    });

    it("is two programs to go: ip looks, and ip takes away what is inside and the name", () => {
        assert.ok(each("destroy", "programs") <= 2, `${each("destroy", "programs")} programs`);
        assert.ok(each("destroy", "exchanges") <= 2, `${each("destroy", "exchanges")} exchanges`);
    });
});
