import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { linuxnet } from "../../cli/program";
import { parsePage } from "../support/docs/page";
import { isPrinted } from "../support/docs/printed";

const projectFolder = join(__dirname, "..", "..");

/** Where our messages are; what comments say is none. */
function sources(): readonly string[] {
    const files = ["cli", "model", "provider", "sdk", "toolchain"].flatMap((folder) =>
        readdirSync(join(projectFolder, folder), { recursive: true, encoding: "utf8" })
            .filter((name) => /\.(ts|mjs)$/.test(name))
            .map((name) => join(projectFolder, folder, name)),
    );
    return files.map((file) => readFileSync(file, "utf8").replace(/^ *(\/\*\*|\*|\/\/).*$/gm, ""));
}

describe("the page of messages", () => {
    const page = readFileSync(join(projectFolder, "docs", "guides", "troubleshooting.md"), "utf8");
    const messages = [...page.matchAll(/^### `(.+)`$/gm)].map(([, message = ""]) => message);
    const texts = sources();

    it("has some", () => assert.ok(messages.length > 40, `${messages.length}`));

    for (const message of messages) {
        it(`is right that we say: ${message}`, () => {
            const parts = message.split("…").filter((part) => part.trim() !== "");
            assert.ok(
                texts.some((text) => parts.every((part) => text.includes(part.trim()))),
                `no file has all of: ${parts.join(" … ")}`,
            );
        });
    }
});

it("README.md shows the program that examples/router has", () => {
    const [, shown] =
        /^The program .*\n\n```ts\n([\s\S]*?)```$/m.exec(readFileSync(join(projectFolder, "README.md"), "utf8")) ?? [];
    assert.equal(shown, readFileSync(join(projectFolder, "examples", "router", "index.ts"), "utf8"));
});

/** Every page: also those whose commands stand in prose, and are not run one after the other. */
function pages(): readonly string[] {
    const folders = ["docs", "examples"].flatMap((folder) =>
        readdirSync(join(projectFolder, folder), { recursive: true, encoding: "utf8" }).map(
            (name) => `${folder}/${name}`,
        ),
    );
    return ["README.md", ...folders.filter((path) => path.endsWith(".md") && !path.includes("node_modules"))];
}

/** Our commands on it, wherever they stand: `npx linuxnet up --yes`. In prose there are messages that begin like one. */
function commandsOn(path: string, names: readonly string[]): readonly string[] {
    const text = readFileSync(join(projectFolder, path), "utf8").replace(/^#.*$/gm, "");
    const lines = text.matchAll(/^(?:(?: {4})?(?:\$ )?npx | {4}(?:\$ )?)linuxnet ([a-z].*)$/gm);
    const inProse = text.matchAll(/`(?:npx )?linuxnet (([a-z]+)[^`]*)`/g);
    return [
        ...Array.from(lines, ([, line = ""]) => line),
        ...Array.from(inProse).flatMap(([, words = "", name = ""]) => (names.includes(name) ? [words] : [])),
    ];
}

/** Words of Pulumi's that the docs use. */
const engineWords = ["stack", "config", "cancel", "login", "import", "state"];

describe("the commands that the docs name", () => {
    const commands = new Map(linuxnet().commands.map((command) => [command.name(), command]));
    const found = pages().flatMap((path) => commandsOn(path, [...commands.keys()]).map((text) => ({ path, text })));

    it("are many", () => assert.ok(found.length > 100, `${found.length}`));

    for (const path of new Set(found.map((one) => one.path))) {
        it(`exist, with their options: ${path}`, () => {
            for (const { text } of found.filter((one) => one.path === path)) {
                const [word = "", ...words] = text.replace(/ +#.*| *[>|].*| -- .*/, "").split(/ +/);
                if (engineWords.includes(word) && !commands.has(word)) continue;
                const command = commands.get(word);
                assert.ok(command !== undefined, `there is no linuxnet ${text}`);
                // What these four do not know is Pulumi's.
                if (["up", "preview", "refresh", "destroy", "rootless"].includes(word)) continue;
                const known = ["--help", "-h", ...command.options.flatMap(({ long, short }) => [long, short])];
                for (const option of words.filter((one) => /^--?[a-z]/i.test(one))) {
                    assert.ok(known.includes(option.replace(/=.*/, "")), `linuxnet ${word} has no ${option}`);
                }
            }
        });
    }
});

describe("a page of the docs", () => {
    const page = (...lines: readonly string[]) =>
        parsePage("page.md", ["<!-- lab: examples/router -->", ...lines].join("\n"));

    it("is read as what a reader does", () => {
        const { lab, steps } = page(
            ...["# A page", "", "<!-- file: a.txt -->", "```yaml", "a: 1", "```", "", "```sh", "cat a.txt", "```"],
            ...[
                "```text",
                "a: 1",
                "```",
                "<!-- ends with: 1 -->",
                "```sh",
                "false",
                "```",
                "",
                "Words.",
                "",
                "```text",
            ],
            ...["a drawing", "```", "<!-- not run: no such machine -->", "```sh", "ssh left", "```"],
        );
        assert.equal(lab, "examples/router");
        assert.deepEqual(steps, [
            { kind: "write", line: 5, text: "a: 1", file: "a.txt" },
            { kind: "run", line: 9, text: "cat a.txt", code: 0, prints: "a: 1" },
            { kind: "run", line: 16, text: "false", code: 1, prints: undefined },
            { kind: "not run", line: 26, text: "ssh left", reason: "no such machine" },
        ]);
    });

    it("is refused when a comment means nothing, or nothing says where commands are run", () => {
        assert.throws(
            () => page("<!-- no run: x -->", "```sh", "true", "```"),
            /page\.md:3: nobody knows what "no run" is/,
        );
        assert.throws(() => parsePage("page.md", "```sh\ntrue\n```"), /page\.md:1: a page with commands says where/);
    });

    it("shows what is printed, but for times, numbers of links and what … stands for", () => {
        assert.ok(isPrinted("ttl=63 time=0.031 ms", "ttl=63 time=2.1 ms\n"));
        assert.ok(isPrinted("…\n    + 11 created\n…", "Updating\n\n    + 11 created\nDuration: 1s\n"));
        assert.ok(isPrinted("veth@if2  UP …", "veth@if11 UP   02:00"));
        assert.ok(isPrinted("b\na", "a\nb"));
        assert.ok(!isPrinted("ttl=63", "ttl=62"));
        assert.ok(!isPrinted("a\nb", "a"));
        assert.ok(!isPrinted("b\n…\na", "a\nb"));
        assert.ok(!isPrinted("a", "a\nb"));
    });
});
