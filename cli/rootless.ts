import { spawn, spawnSync } from "node:child_process";
import { constants } from "node:os";
import type { Command } from "commander";
import { Failure } from "../toolchain/failure.mjs";
import { ending, examples } from "./action.js";

const unshare = ["--user", "--map-root-user", "--net", "--mount"];

/** A /run of one's own: names of namespaces, and records, go there. */
const script = 'mount -t tmpfs -o mode=755 tmpfs /run && ip link set dev lo up && exec "$@"';

/**
 * Runs a command, or a shell, as the root of a network of its own: user_namespaces(7). What it deploys is there as long
 * as a process of it is; the machine's own network is out of its sight.
 */
async function runRootless(command: readonly string[]): Promise<number> {
    const { status, error, stderr } = spawnSync("unshare", [...unshare, "true"], { encoding: "utf8" });
    if (status !== 0) throw new Failure(refusal(error?.message ?? stderr));
    const words = command.length > 0 ? command : [process.env.SHELL ?? "sh"];
    if (command.length === 0) console.error("You are root of a network of your own. It is gone when this shell ends.");
    const child = spawn("unshare", [...unshare, "--", "sh", "-c", script, "sh", ...words], { stdio: "inherit" });
    // Ctrl-C is the command's; we end as it does.
    for (const signal of ["SIGINT", "SIGQUIT"] as const) process.on(signal, () => undefined);
    process.on("SIGTERM", () => child.kill("SIGTERM"));
    return new Promise((resolve, reject) => {
        child.on("error", reject);
        child.on("close", (code, signal) => resolve(code ?? 128 + (signal ? constants.signals[signal] : 0)));
    });
}

function refusal(said: string): string {
    return (
        `This machine does not let ordinary users have namespaces of their own: ${said.trim()}\n` +
        "The settings that allow it are, where the kernel has them: user.max_user_namespaces above 0, " +
        "kernel.unprivileged_userns_clone=1, kernel.apparmor_restrict_unprivileged_userns=0. Or run as root."
    );
}

export const addRootless = (program: Command): Command =>
    program
        .command("rootless")
        .description("run a command, or a shell, as root of a network of your own, without being root: docs/hosts.md")
        .argument("[command...]", "what to run, with its options; a shell if nothing is given")
        .passThroughOptions()
        .action(ending((command: string[]) => runRootless(command)))
        .addHelpText("after", examples(["linuxnet rootless npx linuxnet up", "a lab without being root"]));
