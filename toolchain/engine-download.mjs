import { once } from "node:events";
import { createWriteStream, rmSync } from "node:fs";
import { finished } from "node:stream/promises";
import { run } from "./command.mjs";
import { ourEngine } from "./engine.mjs";
import { Failure } from "./failure.mjs";

const connectTimeoutMs = 5_000;
const stallTimeoutMs = 30_000;

/** How Pulumi names the processors that Node names otherwise. */
const architectures = new Map([
    ["x64", "x64"],
    ["arm64", "arm64"],
]);

/**
 * Fetches Pulumi's own release. Where it cannot be reached that is known within seconds, and not after minutes.
 *
 * @param {string} folder where the programs are put
 */
export async function downloadEngine(folder) {
    const archive = `${folder}.tar.gz`;
    await download(releaseUrl(), archive);
    await run("tar", ["-xzf", archive, "--strip-components=1", "-C", folder]);
    rmSync(archive);
}

/**
 * @param {string} url
 * @param {string} file
 */
async function download(url, file) {
    const abort = new AbortController();
    let deadline = setTimeout(() => abort.abort(), connectTimeoutMs);
    try {
        const response = await fetch(url, { signal: abort.signal });
        if (!response.ok || response.body === null) throw new Error(`HTTP ${response.status}`);
        const output = createWriteStream(file);
        for await (const chunk of response.body) {
            clearTimeout(deadline);
            deadline = setTimeout(() => abort.abort(), stallTimeoutMs);
            if (!output.write(chunk)) await once(output, "drain");
        }
        output.end();
        await finished(output);
    } catch (error) {
        throw new Failure(`${url} cannot be had (${reason(error)})`);
    } finally {
        clearTimeout(deadline);
    }
}

/** LINUXNET_ENGINE_URL names a mirror of the release. */
function releaseUrl() {
    const mirror = process.env.LINUXNET_ENGINE_URL;
    if (mirror) return mirror;
    const architecture = architectures.get(process.arch);
    if (architecture === undefined) throw new Failure(`Pulumi has no release for ${process.arch}`);
    return `https://get.pulumi.com/releases/sdk/pulumi-v${ourEngine}-linux-${architecture}.tar.gz`;
}

/** @param {unknown} error */
function reason(error) {
    if (!(error instanceof Error)) return String(error);
    if (error.name === "AbortError") return "no answer in time";
    return error.cause instanceof Error ? error.cause.message : error.message;
}
