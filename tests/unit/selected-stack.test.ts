import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Project } from "../../cli/project";
import { selectedStack } from "../../cli/selected-stack";

describe("selectedStack", () => {
    let folder: string;
    let project: Project;
    const home = process.env["PULUMI_HOME"];

    /** What the engine has kept of a selection, and the states that there are. */
    async function keep(workspace: object, ...stacks: readonly string[]): Promise<void> {
        const hash = createHash("sha1").update(project.file).digest("hex");
        await writeFile(join(folder, "workspaces", `lab-${hash}-workspace.json`), JSON.stringify(workspace));
        const states = join(folder, ".pulumi", "stacks", "lab");
        await mkdir(states, { recursive: true });
        for (const stack of stacks) await writeFile(join(states, `${stack}.json`), "{}");
    }

    beforeEach(async () => {
        folder = await mkdtemp(join(tmpdir(), "selected-"));
        await mkdir(join(folder, "workspaces"));
        process.env["PULUMI_HOME"] = folder;
        project = {
            name: "lab",
            folder,
            file: join(folder, "Pulumi.yaml"),
            settingsFolder: folder,
            backendUrl: "file://./.state",
            backendFolder: folder,
            stateFolder: folder,
            runtime: { name: "nodejs", options: {} },
            main: "index.ts",
        };
    });
    afterEach(async () => {
        if (home === undefined) delete process.env["PULUMI_HOME"];
        else process.env["PULUMI_HOME"] = home;
        await rm(folder, { recursive: true });
    });

    it("is the one that the engine keeps for the backend, where there is a state of it", async () => {
        await keep(
            { stacks: { "file://./.state": "organization/lab/dev", "file:///other": "organization/lab/two" } },
            "dev",
        );
        assert.equal(selectedStack(project), "dev");
    });

    it("is the one of all backends where an engine keeps just one", async () => {
        await keep({ stack: "organization/lab/dev" }, "dev");
        assert.equal(selectedStack(project), "dev");
    });

    it("is for the engine to say where it is gone, another project's, another backend's, or none", async () => {
        for (const workspace of [
            { stacks: { "file://./.state": "organization/lab/gone" } },
            { stacks: { "file://./.state": "organization/other/dev" } },
            { stacks: { "file:///other": "organization/lab/dev" } },
            { stacks: { "file://./.state": "dev" } },
            {},
        ]) {
            await keep(workspace, "dev");
            assert.equal(selectedStack(project), undefined, JSON.stringify(workspace));
        }
        assert.equal(selectedStack({ ...project, stateFolder: undefined }), undefined);
    });
});
