import type { Change } from "./drift-change";
import { LabModel } from "./drift-model";
import { LAB } from "./reference/lab";

const shell = (text: string): readonly string[] => ["sh", "-c", text];

/** What a boot leaves of the lab in the kernel, which is nothing, and the settings as they were before it. */
function loseEverything({ places, addresses }: LabModel): readonly (readonly string[])[] {
    return [
        shell(places.map(({ name }) => `if [ -e /run/netns/${name} ]; then ip netns del ${name}; fi`).join("; ")),
        shell("for link in $(ls /sys/class/net); do [ $link = lo ] || ip link del dev $link || true; done"),
        shell("for family in -4 -6; do ip $family route flush table all proto 157; done"),
        shell(addresses.map(({ args }) => `ip address del ${args.address} dev ${args.device} || true`).join("; ")),
        ["sysctl", "-q", "-w", "net.ipv4.ip_forward=0", "net.ipv6.conf.all.forwarding=0"],
        ["sysctl", "-q", "-w", "net.ipv4.conf.lo.forwarding=1", "net.ipv6.conf.lo.forwarding=1"],
    ];
}

/** /run is empty after a boot on most machines; on others the records are there, of another boot, and the namespaces' files. */
const FORGET = shell("rm -rf /run/linuxnet");
const AGE = shell(
    'boot=$(cat /proc/sys/kernel/random/boot_id); [ ! -e /run/linuxnet ] || find /run/linuxnet -name "*.json" -exec sed -i "s/$boot/an-earlier-one/" {} +',
);

const reboot = (
    what: string,
    more: readonly (readonly string[])[],
    isPossible: Change["isPossible"] = () => true,
): Change => ({
    kind: what,
    what,
    commands: [...loseEverything(new LabModel(LAB)), ...more],
    isPossible,
    happen: (model) => model.reboot(),
});

export const REBOOTS: readonly Change[] = [
    reboot("rebooted", [FORGET]),
    reboot(
        "rebooted, /run kept",
        [AGE, shell(new LabModel(LAB).places.map(({ name }) => `touch /run/netns/${name}`).join("; "))],
        // Without the records, which a boot before has taken away, such files would be somebody else's.
        (model) => model.places.some(({ isThere }) => isThere),
    ),
];
