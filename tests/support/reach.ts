import { parseConnections } from "../../model/connection";
import { configureMachines } from "../../provider/host/machines";
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

/** Nothing but this machine again; the connections end. */
export const reachNobody = (): void => configureMachines(() => parseConnections(undefined));
