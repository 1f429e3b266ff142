import assert from "node:assert/strict";
import { HOST } from "../../model/place";
import { local } from "../../provider/host/machines";
import { command } from "../support/kernel";
import { useMachines } from "../support/machines";

/** The programs that tests/matrix.mjs has put in the place of the machine's own. */
const folder = process.env.LINUXNET_TEST_IPROUTE2;
const versionOf = (text: string): string => /\d+\.\d+\.\d+/.exec(text)?.[0] ?? text;

describe("iproute2", () => {
    const machines = useMachines({ left: { address: "10.9.0.15/24" } });

    for (const program of ["ip", "bridge"]) {
        describe(program, () => {
            let wanted: string;
            before(async () => {
                wanted = versionOf(await command([folder === undefined ? program : `${folder}/${program}`, "-V"]));
            });

            it("is the tested one in the provider's own session", async () => {
                const argv = [program, "-V"];
                const step = { place: HOST, argv, input: [], mode: "always", mutating: false, describe: argv } as const;
                const [reply] = await local().session((session) => session.run([step]));
                assert.equal(versionOf(reply?.stdout ?? ""), wanted);
            });

            it("is the tested one on a machine that is reached by ssh", async () => {
                assert.equal(versionOf(await machines.get("left").command([program, "-V"])), wanted);
            });
        });
    }
});
