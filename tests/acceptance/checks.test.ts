import assert from "node:assert/strict";
import { templateNames } from "../../cli/init/templates";
import { useLab } from "../support/lab";
import { assertSucceeded } from "./every-example";

const BACK = 'new linuxnet.Route("to-ns1", { namespace: ns2, destination: "192.168.1.0/24", gateway: "192.168.2.1" });';
const CIRCLE = `
const bridges = ["x", "y"].map((name) => new linuxnet.Bridge(name, { namespace: ns1, name }));
for (const name of ["xy", "yx"])
    new linuxnet.VethPair(name, { left: { bridge: bridges[0] }, right: { bridge: bridges[1] } });
`;

describe("the checks of a whole program", () => {
    const lab = useLab("router", { stack: "dev" });
    const preview = async (): Promise<string> => (await lab.preview()).text;

    it("warn in the preview, and no more once silenced", async () => {
        const whole = await lab.read();
        assert.doesNotMatch(await preview(), /warning/);
        await lab.edit(BACK, "");
        const shown = await preview();
        assert.match(shown, /warning: destination: given "192\.168\.2\.0\/24"/);
        assert.match(shown, /expected a way back from ns2-dev to 192\.168\.1\.2/);
        assert.match(shown, /ns2-dev has no route to 192\.168\.1\.2: declare a Route there/);
        assert.match(shown, /silence: \["no-way-back"\]/);
        await lab.edit('gateway: "192.168.1.1" }', 'gateway: "192.168.1.1", silence: ["no-way-back"] }');
        assert.doesNotMatch(await preview(), /warning/);
        await lab.write(whole);
    });

    it("are in no state: a check silenced or not is no change", async () => {
        assertSucceeded(await lab.up());
        await lab.edit('gateway: "192.168.1.1" }', 'gateway: "192.168.1.1", silence: ["no-way-back"] }');
        assert.match(await lab.command("preview", "--stack", "dev", "--expect-no-changes"), /Nothing would change/);
        assertSucceeded(await lab.up());
        assert.doesNotMatch(await lab.command("stack", "export", "--stack", "dev"), /"__silence": "/);
        await lab.edit(', silence: ["no-way-back"]', "");
    });

    it("stop the preview where they are errors", async () => {
        const whole = await lab.read();
        await lab.write(whole + CIRCLE);
        assert.match(await preview(), /(left|right)\.bridge: given "[xy]"\n\s*expected bridges without a circle/);
        await lab.write(
            whole + CIRCLE.replace("{ namespace: ns1, name }", '{ namespace: ns1, name, stp: name === "x" }'),
        );
        assert.doesNotMatch(await preview(), /error|warning/);
        await lab.write(whole);
    });
});

describe("a preview of each template", () => {
    for (const name of templateNames()) {
        describe(name, () => {
            const lab = useLab(name, { stack: "dev" });

            it("is without a warning", async () => {
                const preview = await lab.preview();
                assertSucceeded(preview);
                assert.doesNotMatch(preview.text, /warning/);
            });
        });
    }
});
