import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { mkdir, symlink, writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { type Outcome, run } from "../support/kernel";
import { useLab } from "../support/lab";
import { assertSucceeded } from "./every-example";

const main = join(__dirname, "..", "..", "dist", "cli", "main.js");

describe("linuxnet completion", () => {
    const lab = useLab("router", { stack: "dev" });
    let environment: NodeJS.ProcessEnv;

    const shell = (...argv: readonly string[]): Promise<Outcome> =>
        run(argv, { folder: lab.folder, environment, timeoutSeconds: 120 });

    before(async () => {
        const folder = join(lab.folder, "bin");
        await mkdir(folder);
        await symlink(main, join(folder, "linuxnet"));
        environment = { ...process.env, PATH: `${folder}${delimiter}${process.env["PATH"]}` };
        // Where the state is, the lab is told by the environment, and whoever types by Pulumi.yaml alone.
        assert.equal((await shell("linuxnet", "stack", "select", "dev", "--non-interactive")).code, 0);
        assertSucceeded(await lab.up());
    });

    /** What bash would insert, or offer, behind these words as it splits them. */
    async function bash(...words: readonly string[]): Promise<string[]> {
        const script =
            'set -u; eval "$(linuxnet completion bash)"; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); ' +
            `_linuxnet; printf "%s\\n" "\${COMPREPLY[@]}"`;
        const { code, stdout, stderr } = await shell("bash", "-c", script, "bash", ...words);
        assert.equal(`${code} ${stderr}`, "0 ");
        return stdout.split("\n").filter((line) => line !== "");
    }

    const inBash: readonly (readonly [what: string, words: readonly string[], expected: readonly string[]])[] = [
        ["a command of ours", ["linuxnet", "expl"], ["explain"]],
        ["a command of the engine's", ["linuxnet", "canc"], ["cancel"]],
        ["an option", ["linuxnet", "explain", "--dep"], ["--deployed"]],
        ["an option of the engine's", ["linuxnet", "up", "--target-d"], ["--target-dependents"]],
        ["a template", ["linuxnet", "init", "router"], ["router", "router-on-host"]],
        ["a namespace that is deployed", ["linuxnet", "explain", "ns1", ""], ["ns2", "ns1", "ns-router"]],
        ["a namespace by its own name", ["linuxnet", "explain", "--json", "ns2-"], ["ns2-dev"]],
        ["a stack", ["linuxnet", "explain", "--stack", ""], ["dev"]],
        ["a stack behind a =", ["linuxnet", "explain", "--stack", "="], ["dev"]],
        ["a stack of which a part is there", ["linuxnet", "explain", "--stack", "=", "de"], ["dev"]],
        ["a stack for the engine", ["linuxnet", "preview", "-s", ""], ["dev"]],
        ["a file", ["linuxnet", "import", "--out", "Pulumi.y"], ["Pulumi.yaml"]],
        ["a shell", ["linuxnet", "completion", "z"], ["zsh"]],
        ["nothing where nothing fits", ["linuxnet", "explain", "ns1", "ns2", ""], []],
    ];
    for (const [what, words, expected] of inBash) {
        it(`finds in bash ${what}`, async () => assert.deepEqual((await bash(...words)).sort(), [...expected].sort()));
    }

    it("evaluates nothing of what is typed", async () => {
        const mark = join(lab.folder, "mark");
        await bash("linuxnet", "explain", `$(touch ${mark})`, "");
        assert.ok(!existsSync(mark));
    });

    it("completes in fish, with what things are", async () => {
        const script = 'linuxnet completion fish | source; complete -C "linuxnet explain ns-"';
        const { stdout, stderr } = await shell("fish", "--no-config", "-c", script);
        assert.deepEqual(stdout.trimEnd().split("\n"), [
            "ns-router\tnamespace ns-router-dev",
            "ns-router-dev\tnamespace of ns-router",
        ]);
        assert.equal(stderr, "");
        const files = await shell("fish", "--no-config", "-c", script.replace("explain ns-", "import --out Pulumi.y"));
        assert.match(files.stdout, /^Pulumi\.yaml/);
    });

    it("completes in zsh, at a terminal", async () => {
        const file = join(lab.folder, "terminal.zsh");
        await writeFile(
            file,
            `zmodload zsh/zpty
zpty terminal zsh -f -i
zpty -w terminal 'unsetopt beep; eval "$(linuxnet completion zsh)"; echo REA''DY'
zpty -r terminal out '*READY*'
ask() { zpty -n -w terminal "$1"$'\\t'; zpty -r terminal out "*$2*"; zpty -n -w terminal $'\\x15' }
ask 'linuxnet explain --dep' 'explain --deployed'
ask 'linuxnet explain ns-router-' 'explain ns-router-dev'
ask 'linuxnet explain --stack=' 'linuxnet explain --stack=dev'
ask 'linuxnet import --out Pulumi.y' 'linuxnet import --out Pulumi.yaml'
echo all
`,
        );
        const { stdout, stderr } = await shell("zsh", "-f", file);
        assert.equal(`${stdout}${stderr}`, "all\n");
    });

    it("prints nothing for a shell that it does not know, and ends with 2", async () => {
        const { code, stdout, stderr } = await shell("linuxnet", "completion", "tcsh");
        assert.equal(code, 2);
        assert.equal(stdout, "");
        assert.match(stderr, /Allowed choices are bash, zsh, fish/);
    });
});
