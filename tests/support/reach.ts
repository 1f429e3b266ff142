import { parseConnections } from "../../model/connection";
import { type Owner, stackGroup } from "../../model/owner";
import { configureMachines } from "../../provider/host/machines";
import { restorationOf } from "../../provider/rollback";
import type { Machine } from "./machine";
import type { SshClient } from "./ssh-client";

/** What `linuxnet:hosts` says of one machine. */
export type HostSettings = Readonly<Record<string, string | boolean>>;

/** The settings by which a machine of the tests is reached as root. */
export const settingsFor = (machine: Machine, client: SshClient, more: HostSettings = {}): HostSettings => ({
    connection: `ssh://root@${machine.address}`,
    identityFile: client.identityFile,
    knownHostsFile: client.knownHostsFile,
    ...more,
});

/** The provider reaches these hosts from now on, by connections that are made anew. */
export const reach = (hosts: Readonly<Record<string, HostSettings>>): void =>
    configureMachines(() => parseConnections(hosts));

/** The same, as one operation of the engine has it: for a stack, and with what is put back where it is cut off. */
export function operate(hosts: Readonly<Record<string, HostSettings>>, owner: Owner): void {
    const connections = parseConnections(hosts);
    configureMachines(
        () => connections,
        stackGroup(owner).toString(16),
        (place) => restorationOf(place, owner),
    );
}

/** Nothing but this machine again; the connections end. */
export const reachNobody = (): void => configureMachines(() => parseConnections(undefined));
