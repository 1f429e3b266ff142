import { parseArgs } from "node:util";
import { Failure } from "../../toolchain/failure.mjs";

export interface ImportOptions {
    /** The namespaces that are named; none means all. */
    readonly namespaces: readonly string[];
    /** The host's own bridges, pairs and tunnels too. */
    readonly isWhole: boolean;
    /** Where the program is written instead: then nothing is adopted. */
    readonly out: string | undefined;
    readonly isForced: boolean;
    readonly isSure: boolean;
    readonly stack: string | undefined;
    readonly folder: string | undefined;
}

export const usage = `Usage: linuxnet import [NAMESPACE ...] [options]

Writes a program for the namespaces, links, addresses, routes and forwarding settings that are on this machine, and makes
them the stack's, changing nothing else. Without names: all that \`ip netns\` knows.

  --host         also the host's own bridges, veth pairs and VXLANs that lead into none of the namespaces
  --out FILE     write the program there, and adopt nothing
  --force        write over a program that is there
  --yes, -y      adopt without asking
  --stack, -s    the stack
  --cwd, -C      the folder of the project

More: docs/import.md. Pulumi's own import, which knows nothing of networks, is "pulumi import".`;

export function parseOptions(args: readonly string[]): ImportOptions {
    try {
        const { values, positionals } = parseArgs({
            args: [...args],
            allowPositionals: true,
            options: {
                host: { type: "boolean", default: false },
                out: { type: "string" },
                force: { type: "boolean", default: false },
                yes: { type: "boolean", short: "y", default: false },
                stack: { type: "string", short: "s" },
                cwd: { type: "string", short: "C" },
                "non-interactive": { type: "boolean" },
            },
        });
        return {
            namespaces: [...new Set(positionals)],
            isWhole: values.host,
            out: values.out,
            isForced: values.force,
            isSure: values.yes,
            stack: values.stack,
            folder: values.cwd,
        };
    } catch (error) {
        const said = error instanceof Error ? error.message : String(error);
        throw new Failure(`linuxnet import: ${said}\n\n${usage}`, 2);
    }
}
