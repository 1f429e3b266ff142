import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Failure } from "../../toolchain/failure.mjs";
import { packageFolder } from "../../toolchain/package.mjs";
import { projectSettings } from "../project-settings.js";
import type { Template } from "./templates.js";

interface Manifest {
    readonly version: string;
    readonly dependencies?: Readonly<Record<string, string>>;
    readonly devDependencies?: Readonly<Record<string, string>>;
}

const PACKAGE = "pulumi-linuxnet";

/** Whether this is a checkout, and not an installed package: that has no sources. */
const isCheckout = existsSync(join(packageFolder, "tsconfig.build.json"));

const readManifest = (folder: string): Manifest => JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));

const json = (content: object): string => `${JSON.stringify(content, undefined, 2)}\n`;

/** npm's names know no capitals. */
const npmName = (name: string): string => name.toLowerCase();

function manifestOf(name: string): string {
    const { version, dependencies } = readManifest(packageFolder);
    return json({
        name: npmName(name),
        private: true,
        scripts: {
            preview: "linuxnet preview",
            up: "linuxnet up",
            check: "linuxnet check",
            destroy: "linuxnet destroy",
        },
        dependencies: {
            "@pulumi/pulumi": dependencies?.["@pulumi/pulumi"],
            // A checkout is used as it is: what it will be published as is not to be had yet.
            [PACKAGE]: isCheckout ? `file:${packageFolder}` : `^${version}`,
        },
    });
}

/** Type-checked by the editor and by `npx tsc`, and not at every start. */
const compilerSettings = json({
    compilerOptions: { module: "nodenext", target: "es2022", strict: true, noEmit: true, skipLibCheck: true },
    include: ["*.ts"],
    "ts-node": { transpileOnly: true },
});

const readme = (name: string, { text }: Template): string => `# ${name}

${text}

## What to do with it

As root, or with sudo, or in a network of your own (\`npx linuxnet rootless\`):

    npm install                # once
    npx linuxnet doctor        # whether this machine has all that is needed
    npx linuxnet preview       # what would be made
    npx linuxnet up            # makes it, and checks that it works
    npx linuxnet destroy       # takes it away: the machine is as it was before

Edit index.ts, and run \`up\` again: only what differs is changed.
`;

/** What a project is made of, by the names of its files. */
const filesOf = (name: string, template: Template): ReadonlyMap<string, string> =>
    new Map([
        ["Pulumi.yaml", projectSettings(name, template.description)],
        ["index.ts", template.program],
        ["package.json", manifestOf(name)],
        ["tsconfig.json", compilerSettings],
        ["README.md", readme(name, template)],
        [".gitignore", "node_modules/\n.state/\n"],
        // npm would link the checkout, and what is linked loads packages of its own.
        ...(isCheckout ? ([[".npmrc", "install-links=true\n"]] as const) : []),
    ]);

/** Whether the folder's package.json is from `npm install pulumi-linuxnet`: it serves as it is. */
function hasPackage(folder: string): boolean {
    if (!existsSync(join(folder, "package.json"))) return false;
    try {
        const { dependencies, devDependencies } = readManifest(folder);
        return { ...dependencies, ...devDependencies }[PACKAGE] !== undefined;
    } catch (error) {
        if (error instanceof SyntaxError) return false;
        throw error;
    }
}

/** What is to be known of a project of a checkout; undefined where the package is an installed one. */
export const packageNote = (written: readonly string[], isOwn = isCheckout): string | undefined =>
    isOwn && written.includes("package.json")
        ? `Its ${PACKAGE} is this checkout, by its path: "file:${packageFolder}" in package.json.\n` +
          `On another machine, or once ${PACKAGE} is published, say a version there, and remove .npmrc.`
        : undefined;

/** Writes a project; nothing if a file of it is there already. Returns the names of what was written. */
export function writeProject(folder: string, name: string, template: Template): string[] {
    const files = [...filesOf(name, template)].filter(([file]) => file !== "package.json" || !hasPackage(folder));
    const inTheWay = [...files.map(([file]) => file), "Pulumi.yml"].filter((file) => existsSync(join(folder, file)));
    if (inTheWay.length > 0) {
        throw new Failure(
            `In ${folder} there is already: ${inTheWay.join(", ")}.\n` +
                "Nothing was written: what is there is never written over. Name another folder, or move them away.",
        );
    }
    mkdirSync(folder, { recursive: true });
    for (const [file, content] of files) writeFileSync(join(folder, file), content, { flag: "wx" });
    return files.map(([file]) => file);
}
