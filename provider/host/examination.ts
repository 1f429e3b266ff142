import type { Place } from "../../model/place";
import { TOOLS } from "./probe";
import type { Step } from "./step";

/** What is of use, and not needed: what for is for people. */
export const FURTHER_TOOLS = { nft: "nftables", tcpdump: "tcpdump" } as const;

/** Each is made in a network namespace of its own, which is gone with the process that has it: nothing of the machine's is changed. */
const FEATURES = [
    "try veth ip link add linuxnet0 type veth peer name linuxnet1",
    "try bridge ip link add linuxnet0 type bridge",
    "try vxlan ip link add linuxnet0 type vxlan id 1 local 192.0.2.1 dstport 4789",
    "try ipv6 ip -6 address add 2001:db8::1/64 dev lo",
] as const;

const SETTINGS = [
    "net/ipv4/ip_forward",
    "net/ipv4/conf/all/rp_filter",
    "net/bridge/bridge-nf-call-iptables",
    "net/bridge/bridge-nf-call-ip6tables",
] as const;

/**
 * Says `KEY VALUE`, a line each, of what a machine has. Constant; it changes nothing on the machine's own network, and needs neither
 * root nor any of the tools.
 */
const EXAMINE = `
say() { printf "%s %s\\n" "$1" "$2"; }
has() { command -v "$1" >/dev/null 2>&1; }
say uid "$(id -u)"
say user "$(id -un)"
say kernel "$(uname -s) $(uname -r)"
for tool in ${[...TOOLS, ...Object.keys(FURTHER_TOOLS)].join(" ")}; do
    if has $tool; then say tool.$tool "$(command -v $tool)"; fi
done
if has ip; then say version.ip "$(ip -V 2>&1)"; fi
if has ip; then ip -j link show dev lo 2>/dev/null | grep -q '^\\[{' && say json yes; fi
said=$(unshare --user --map-root-user --net --mount true 2>&1) && say users yes || say users "no: $said"
[ "$(id -u)" = 0 ] && new="unshare --net" || new="unshare --user --map-root-user --net"
said=$($new true 2>&1) && say feature.namespaces yes || say feature.namespaces "no: $said"
try() { name=$1; shift; said=$($new "$@" 2>&1) && say "feature.$name" yes || say "feature.$name" "no: $said"; }
if has ip; then
${FEATURES.map((line) => `    ${line}`).join("\n")}
fi
for path in ${SETTINGS.join(" ")}; do
    if [ -r "/proc/sys/$path" ]; then say "setting.$path" "$(cat "/proc/sys/$path")"; fi
done
for folder in /run /run/linuxnet /run/netns; do
    [ ! -d $folder ] || [ -w $folder ] || say "readonly" "$folder"
done
say free "$(df -Pk /run 2>/dev/null | tail -n 1 | { read -r _ _ _ free _; echo "$free"; })"
if [ "$(id -u)" = 0 ] && has nft; then say nft "$(nft -j list ruleset 2>/dev/null | tr '\\n' ' ')"; fi
if [ "$(id -u)" = 0 ] && grep -q '^filter' /proc/net/ip_tables_names 2>/dev/null; then
    for tool in iptables-legacy iptables; do
        case $("$tool" -V 2>/dev/null) in *legacy*) say iptables "$("$tool" -S FORWARD 2>/dev/null | head -n 1)"; break ;; esac
    done
fi
exit 0
`;

export const examination = (place: Place): Step => ({
    place,
    argv: ["sh", "-s"],
    input: EXAMINE.trim().split("\n"),
    mode: "always",
    mutating: false,
    describe: ["look at what is there"],
});
