import { parseOwner } from "../../../model/owner";
import { persistedPath } from "../../../provider/sysctl-file";
import { type After, BESIDE, type Before, declare, inTheWay } from "./scene";

const on = declare("ForwardingSetting", { ipv4: true, ipv6: true });
const persisted = declare("ForwardingSetting", { ipv4: true, persist: true });
const OURS = persistedPath(parseOwner("lab/test/ForwardingSetting0"), "");

/** What depends on forwarding, and is somebody's. */
const DEVICES = "ip link add name eth7 type veth peer name eth8";
const NO_DEVICES = "ip link del dev eth7";
const sysctl = (...settings: readonly string[]): string => settings.map((one) => `sysctl -q -w ${one}`).join("; ");

/** What forwarding changes while it is on: docs/kernel.md. */
const ON = /^~ host setting ipv[46]\/conf\/\S+\/(forwarding|accept_redirects):|^~ host setting ipv4\/ip_forward:/;

/** The record of what both want. */
const SHARED = /Setting\.forwarding\.json/;

/** A record of a boot that is over, or of this one. */
const record = (boot: string): string => {
    const claims = [{ owner: "lab/other/switch", spec: { name: "br7" } }];
    const text = JSON.stringify(JSON.stringify({ boot, kind: "Bridge", claims, before: {} }));
    return `mkdir -p /run/linuxnet/host; printf '%s\\n' ${text} > /run/linuxnet/host/Bridge.br7.json`;
};
const NO_RECORD = "rm -rf /run/linuxnet";
const bridge = declare("Bridge", { name: "br7" });

export const SETTINGS: readonly Before[] = [
    {
        title: "on already, by somebody",
        ours: [on],
        theirs: `${DEVICES}; ${sysctl("net.ipv4.ip_forward=1", "net.ipv6.conf.all.forwarding=1")}`,
        away: `${sysctl("net.ipv4.ip_forward=0", "net.ipv6.conf.all.forwarding=0", "net.ipv4.conf.all.accept_redirects=1")}
            ${sysctl("net.ipv4.conf.lo.forwarding=1", "net.ipv6.conf.lo.forwarding=1")}
            ${NO_DEVICES}`,
        ...BESIDE,
    },
    {
        title: "on already for some devices, by somebody",
        ours: [on],
        theirs: `${DEVICES}
            ${sysctl("net.ipv4.conf.eth7.forwarding=1", "net.ipv6.conf.eth8.forwarding=1", "net.ipv4.conf.eth8.accept_redirects=0")}
            ${sysctl("net.ipv4.conf.eth7.rp_filter=2", "net.ipv6.conf.eth7.accept_ra=2")}`,
        away: NO_DEVICES,
        yields: ON,
        ...BESIDE,
    },
    {
        title: "off, and a file of somebody's that turns it on at boot",
        ours: [persisted],
        theirs: "echo 'net.ipv4.ip_forward = 1' > /etc/sysctl.d/90-theirs.conf",
        away: "rm /etc/sysctl.d/90-theirs.conf",
        yields: ON,
        ...BESIDE,
    },
    {
        title: "a file of its name with other content",
        ours: [persisted],
        theirs: `echo '# theirs' > ${OURS}`,
        away: `rm ${OURS}`,
        ...inTheWay(`a file ${OURS} with other content`),
    },
    {
        title: "another stack's that keeps it off",
        others: [declare("ForwardingSetting", { ipv4: false })],
        ours: [on],
        ...inTheWay(
            "net.ipv4.ip_forward=0 on the host, which is kept so",
            "it belongs to lab/other/ForwardingSetting0",
        ),
    },
    {
        title: "another stack's that turns it on too",
        given: DEVICES,
        others: [on],
        ours: [on],
        yields: SHARED,
        ...BESIDE,
    },
    {
        title: "another stack's claim on its name",
        ours: [bridge],
        theirs: record("$(cat /proc/sys/kernel/random/boot_id)"),
        away: NO_RECORD,
        ...inTheWay("a claim on br7", "it belongs to lab/other/switch"),
    },
    {
        title: "another stack's claim of an earlier boot on its name",
        ours: [bridge],
        theirs: record("00000000-0000-0000-0000-000000000000"),
        away: NO_RECORD,
        goes: /^- file \/run\/linuxnet\/host\/Bridge\.br7\.json/,
        ...BESIDE,
    },
    {
        title: "records of others of other names",
        ours: [bridge],
        theirs: `${record("$(cat /proc/sys/kernel/random/boot_id)")}
            cd /run/linuxnet/host; mv Bridge.br7.json Bridge.br77.json; cp Bridge.br77.json "Address.br7 10.9.0.1%2F24.json"`,
        away: NO_RECORD,
        ...BESIDE,
    },
];

export const SETTINGS_AFTER: readonly After[] = [
    {
        title: "turned off by somebody",
        given: DEVICES,
        ours: [declare("ForwardingSetting", { ipv4: true })],
        theirs: sysctl("net.ipv4.ip_forward=0"),
        away: sysctl("net.ipv4.conf.lo.forwarding=1"),
        destroy: "works",
        yields: ON,
    },
    {
        title: "turned on by somebody where it is to be off",
        given: DEVICES,
        ours: [declare("ForwardingSetting", { ipv4: false })],
        theirs: sysctl("net.ipv4.ip_forward=1"),
        away: `${sysctl("net.ipv4.ip_forward=0", "net.ipv4.conf.lo.forwarding=1", "net.ipv4.conf.all.accept_redirects=1")}`,
        destroy: "works",
    },
    {
        title: "other settings changed by somebody",
        given: DEVICES,
        ours: [on],
        theirs: sysctl(
            "net.ipv4.conf.eth7.log_martians=1",
            "net.ipv4.ip_default_ttl=77",
            "net.ipv6.conf.eth7.accept_ra=2",
        ),
        away: sysctl(
            "net.ipv4.conf.eth7.log_martians=0",
            "net.ipv4.ip_default_ttl=64",
            "net.ipv6.conf.eth7.accept_ra=1",
        ),
        update: "works",
        refresh: [[], "works"],
        destroy: "works",
    },
    {
        title: "its file changed by somebody",
        ours: [persisted],
        theirs: `echo '# mine now' > ${OURS}`,
        away: `rm ${OURS}`,
        destroy: "works",
    },
    {
        title: "a file of somebody's beside its own",
        ours: [persisted],
        theirs: "echo 'net.ipv4.ip_forward = 0' > /etc/sysctl.d/90-lab-theirs.conf",
        away: "rm /etc/sysctl.d/90-lab-theirs.conf",
        update: "works",
        refresh: [[], "works"],
        destroy: "works",
    },
    {
        title: "another stack's that turns it on too, and stays",
        given: DEVICES,
        ours: [on],
        others: [on],
        update: "works",
        refresh: [[], "works"],
        destroy: "works",
        yields: SHARED,
    },
];
