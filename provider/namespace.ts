import { type NamespaceSpec, namespaceSchema } from "../model/namespace";
import { formatOwner, ownerTag, stackGroup, taggedOwner } from "../model/owner";
import { type Command, HOST, ip, type ToolCommand } from "./host/command";
import type { Query } from "./host/query";
import type { Kind } from "./kind";
import { device, foreignLink, type LinkState, linksQuery } from "./link";
import { Conflict } from "./problem";
import { placeRecords } from "./record";

type Presence = "absent" | "present" | "stale";

type NamespaceQueries = { presence: Query<Presence>; links: Query<readonly LinkState[]> };

interface NamespaceState {
    readonly loopback: LinkState | undefined;
    /** Everything else that is inside. */
    readonly links: readonly LinkState[];
    /** A file in /run/netns of an earlier boot, without a namespace behind it. */
    readonly stale: boolean;
}

/** Tagged before it has a name: ours from its first moment. The name is taken atomically. */
const ADD = 'ip link set dev lo alias "$2" up && ip netns attach "$1" $$';

/** A namespace with a process inside would live on without a name, its links with it. */
const DELETE =
    'pids=$(ip netns pids "$1") || exit; [ -z "$pids" ] || { printf "processes live in it: " >&2; for p in $pids; do printf "%s (%s), " "$p" "$(cat "/proc/$p/comm")" >&2; done; echo "end them first" >&2; exit 1; }; ip netns del "$1"';

const tool = (text: string, ...argv: string[]): ToolCommand => ({ kind: "tool", place: HOST, argv, text });

const forget = (name: string): ToolCommand => tool(`rm -r ${placeRecords(name)}`, "rm", "-rf", placeRecords(name));

/** Tunnels that the kernel itself puts into every new namespace (net.core.fb_tunnels_only_for_init_net). */
const FALLBACK = /^(tunl|sit|gre|gretap|erspan|ip_vti|ip6_vti|ip6tnl|ip6gre)0$/;

function removal(name: string, { links, stale }: NamespaceState, group: number): Command[] {
    const inside = links.filter((link) => !FALLBACK.test(link.name));
    const foreign = inside.find((link) => link.group !== group);
    if (foreign) {
        throw new Conflict(foreignLink("name", foreign, name), `${name} was not deleted. Remove it`);
    }
    return [
        ...(inside.length > 0 ? [ip(name, "link", "del", "group", group)] : []),
        stale
            ? tool(`ip netns del ${name}`, "ip", "netns", "del", name)
            : tool(`ip netns del ${name}`, "sh", "-c", DELETE, "sh", name),
    ];
}

/** A network namespace: network_namespaces(7), ip-netns(8). */
export const namespace: Kind<NamespaceSpec, NamespaceQueries, NamespaceState> = {
    name: "Namespace",
    schema: namespaceSchema,
    identity: ["name", "host"],

    id: ({ name }) => name,
    record: ({ name }) => ({ place: HOST, key: name }),

    queries: ({ name }) => ({
        presence: {
            source: "namespace",
            place: HOST,
            ask: name,
            read: (answer) => (answer?.split(" ").at(-1) ?? "absent") as Presence,
        },
        links: linksQuery(name),
    }),

    observe({ presence, links }, { name }, { owner, mine, stale }) {
        if (presence === "absent") return { state: undefined };
        if (presence === "stale") {
            if (mine || stale) return { state: { loopback: undefined, links: [], stale: true } };
            const what = `a file /run/netns/${name} without a namespace ("ip netns del ${name}" removes it)`;
            return { state: undefined, foreign: { property: "name", what } };
        }
        const loopback = links.find((link) => link.name === "lo");
        if (loopback?.alias !== ownerTag(formatOwner(owner))) {
            const foreign = {
                property: "name",
                what: `a namespace named ${name}`,
                owner: taggedOwner(loopback?.alias),
            };
            return { state: undefined, foreign };
        }
        return { state: { loopback, links: links.filter((link) => link !== loopback), stale: false } };
    },

    plan(state, wanted, { name }, { owner }) {
        if (!wanted) return state ? removal(name, state, stackGroup(owner)) : [];
        const tag = ownerTag(formatOwner(owner));
        const add = [
            forget(name),
            tool(
                `ip netns add ${name} && ip -n ${name} link set lo up`,
                "unshare",
                "-n",
                "sh",
                "-c",
                ADD,
                "sh",
                name,
                tag,
            ),
        ];
        if (!state) return add;
        if (state.stale) return [tool(`ip netns del ${name}`, "ip", "netns", "del", name), ...add];
        return state.loopback?.up ? [] : [device(name, "lo", "up")];
    },

    forget: ({ name }) => [forget(name)],

    intact: ({ stale }) => !stale,

    inputs: ({ loopback }, { name }) => ({ name, ...(loopback?.up ? {} : { loopback: "down" }) }),
    outputs: () => ({}),
    disturbs: ({ name }) => [{ place: name, name: "lo" }],
};
