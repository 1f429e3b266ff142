import { cpSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { Application, Comment, CommentTag, Converter, ReflectionKind } from "typedoc";
import { groups, projectFolder, readFirstPage, readPages } from "./pages.mjs";

/**
 * Generates the site: the pages of docs/, the labs and the API's reference. `npm run docs [-- FOLDER]`; without one, into site/.
 */
const out = join(projectFolder, process.argv[2] ?? "site");
/** Copies of the pages as typedoc takes them. */
const copies = join(projectFolder, "docs", "site", ".pages");

/** How the API is divided in the navigation. */
const apiGroups = ["API: resources", "API: components", "API: arguments and values"];

/** @param {import("./pages.mjs").SitePage} page */
function write({ path, group, title, text }) {
    const file = join(copies, path);
    mkdirSync(dirname(file), { recursive: true });
    const head = group === "" ? "" : `---\ntitle: ${JSON.stringify(title)}\ngroup: ${group}\n---\n`;
    writeFileSync(file, head + text);
    return file;
}

/** @param {import("typedoc").DeclarationReflection} child */
function apiGroupOf({ kind, extendedTypes = [] }) {
    if (kind !== ReflectionKind.Class) return "API: arguments and values";
    return extendedTypes.some((type) => type.toString() === "Component") ? "API: components" : "API: resources";
}

/** @param {Converter} converter */
function divide(converter) {
    converter.on(Converter.EVENT_RESOLVE_BEGIN, (/** @type {import("typedoc").Context} */ { project }) => {
        for (const child of project.children ?? []) {
            child.comment ??= new Comment();
            child.comment.blockTags.push(new CommentTag("@group", [{ kind: "text", text: apiGroupOf(child) }]));
        }
    });
}

rmSync(copies, { recursive: true, force: true });
try {
    cpSync(join(projectFolder, "docs", "pictures"), join(copies, "docs", "pictures"), { recursive: true });
    const readme = write(readFirstPage());
    const projectDocuments = readPages().map(write);
    const app = await Application.bootstrapWithPlugins({
        name: "pulumi-linuxnet",
        entryPoints: [join(projectFolder, "sdk", "index.ts")],
        tsconfig: join(projectFolder, "tsconfig.build.json"),
        readme,
        projectDocuments,
        out,
        customCss: join(projectFolder, "docs", "site", "site.css"),
        alwaysCreateEntryPointModule: false,
        groupOrder: [...groups.slice(0, -1), ...apiGroups, ...groups.slice(-1), "*"],
        sort: ["source-order"],
        navigation: { includeGroups: true },
        disableSources: true,
        excludeInternal: true,
        excludePrivate: true,
        excludeProtected: true,
        excludeExternals: true,
        hideGenerator: true,
        highlightLanguages: ["bash", "sh", "ts", "json", "yaml", "python"],
        githubPages: false,
        intentionallyNotExported: ["CHECKS"],
        validation: { notExported: true, invalidLink: true, invalidPath: true, notDocumented: false },
    });
    divide(app.converter);
    const project = await app.convert();
    if (project !== undefined) {
        app.validate(project);
        await app.generateOutputs(project);
    }
    if (app.logger.hasErrors() || app.logger.hasWarnings()) process.exitCode = 1;
} finally {
    rmSync(copies, { recursive: true, force: true });
}
