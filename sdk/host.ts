import * as pulumi from "@pulumi/pulumi";
import { allConfig } from "@pulumi/pulumi/runtime";
import { ConnectionProblem, parseConnections } from "../model/connection";
import { LOCAL } from "../model/place";
import { checkSettings, SettingProblem } from "../model/settings";

const configuration = (): pulumi.Config => new pulumi.Config("linuxnet");

/** The engine tells a program in its environment which keys of the configuration are secrets. */
const isSecret = (key: string): boolean =>
    String(process.env["PULUMI_CONFIG_SECRET_KEYS"] ?? "").includes(JSON.stringify(key));

let isChecked = false;

/** Refuses a misspelt setting, when the program declares its first resource. */
export function requireSettings(): void {
    if (isChecked) return;
    try {
        checkSettings(allConfig(), pulumi.getProject(), isSecret);
    } catch (error) {
        throw error instanceof SettingProblem ? new pulumi.RunError(error.message) : error;
    }
    isChecked = true;
}

/** What `linuxnet:hosts` says, if it says anything. A message would show what is wrong with a secret. */
function hosts(): ReturnType<typeof parseConnections> | undefined {
    if (isSecret("linuxnet:hosts")) {
        throw new pulumi.RunError(
            "linuxnet:hosts is a secret, and how hosts are reached is none: set it without --secret",
        );
    }
    const given = configuration().getObject<unknown>("hosts");
    if (given === undefined) return undefined;
    try {
        return parseConnections(given);
    } catch (error) {
        throw error instanceof ConnectionProblem ? new pulumi.RunError(error.message) : error;
    }
}

/** Whether the stack's configuration has connections, which are nobody else's business: see resource.ts. */
export const hasConnections = (): boolean => configuration().get("hosts") !== undefined;

/** Where what names no host lives. */
export const defaultHost = (): string => configuration().get("host") ?? LOCAL;

/**
 * The name if the stack's configuration says how this host is reached, and undefined if not. So a program can run on
 * real machines where there are some, and on simulated ones elsewhere:
 * `const left = configuredHost("left") ?? new SimulatedHost("left")`
 *
 * The configuration is `pulumi config set --path linuxnet:hosts.left.connection ssh://root@192.0.2.1`; beside it `sudo`,
 * `identityFile`, `knownHostsFile` and `acceptNewHostKey`. See docs/hosts.md.
 */
export function configuredHost(name: string): string | undefined {
    return hosts()?.has(name) && name !== LOCAL ? name : undefined;
}
