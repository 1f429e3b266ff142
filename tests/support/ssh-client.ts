import { appendFile, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { command } from "./kernel";
import type { Machine } from "./machine";

/** Somebody who may log in: files that ssh takes, in a folder of their own. */
export interface SshClient {
    readonly folder: string;
    readonly identityFile: string;
    /** A key that no machine knows. */
    readonly wrongIdentityFile: string;
    readonly knownHostsFile: string;
    /** Expects the machine's key at one more address: that of a relay. */
    trust(machine: Machine, host: string, port: number): Promise<void>;
    remove(): Promise<void>;
}

/** Who knows the machines' keys, and may log in to all of them, as each of their users. */
export async function makeSshClient(machines: readonly Machine[]): Promise<SshClient> {
    const folder = await mkdtemp(join(tmpdir(), "ssh-client-"));
    const identityFile = join(folder, "id_ed25519");
    const wrongIdentityFile = join(folder, "id_wrong");
    const knownHostsFile = join(folder, "known_hosts");
    await Promise.all([identityFile, wrongIdentityFile].map(makeKey));
    const publicKey = await readFile(`${identityFile}.pub`, "utf8");
    const known = machines.map((machine) => knownHost(machine, machine.address, machine.port));
    await writeFile(knownHostsFile, known.join(""));
    await Promise.all(
        machines.map((machine) => appendFile(machine.file("/etc/ssh/machine_authorized_keys"), publicKey)),
    );
    return {
        folder,
        identityFile,
        wrongIdentityFile,
        knownHostsFile,
        trust: (machine, host, port) => appendFile(knownHostsFile, knownHost(machine, host, port)),
        remove: () => rm(folder, { recursive: true }),
    };
}

/** For plain `ssh`: with these files and no others, and without a question to anybody. */
export function sshOptions(files: Pick<SshClient, "identityFile" | "knownHostsFile">): readonly string[] {
    const options = {
        BatchMode: "yes",
        StrictHostKeyChecking: "yes",
        UserKnownHostsFile: files.knownHostsFile,
        GlobalKnownHostsFile: "/dev/null",
        IdentitiesOnly: "yes",
        IdentityAgent: "none",
    };
    const words = Object.entries(options).flatMap(([name, value]) => ["-o", `${name}=${value}`]);
    return ["-F", "none", ...words, "-i", files.identityFile];
}

/** ssh-keygen gives the file the mode that ssh insists on. */
async function makeKey(file: string): Promise<void> {
    await command(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "linuxnet-test", "-f", file]);
}

function knownHost({ hostKey }: Machine, host: string, port: number): string {
    return `${port === 22 ? host : `[${host}]:${port}`} ${hostKey}\n`;
}
