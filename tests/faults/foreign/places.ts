import { type After, BESIDE, type Before, declare, inItsPlace, inTheWay, refused, told } from "./scene";

const namespace = declare("Namespace", { name: "ns1" });
const host = declare("SimulatedHost", { name: "left" });
const HOST = "/run/linuxnet/hosts/left";

/** A process that lives in a namespace, given by its file, until it is ended. */
const live = (file: string): string => `
    nsenter --net=${file} sleep 300 </dev/null >/dev/null 2>&1 & echo $! > /run/theirs.pid
    until [ /proc/$!/ns/net -ef ${file} ]; do sleep 0.05; done`;
const DIE = `
    [ ! -e /run/theirs.pid ] || { read -r pid < /run/theirs.pid; rm /run/theirs.pid; kill -9 $pid
        while [ -e /proc/$pid/ns/net ]; do sleep 0.05; done; }`;

const STALE = 'a file /run/netns/ns1 without a network namespace ("ip netns del ns1" removes it)';
const OTHER = "/run/netns/ns1 is in the way";

export const PLACES: readonly Before[] = [
    {
        title: "somebody's of its name, with links and addresses",
        ours: [namespace],
        theirs: `ip netns add ns1; ip -n ns1 link add name eth0 type veth peer name eth1
            ip -n ns1 address add 10.5.0.1/24 dev eth0; ip -n ns1 link set dev eth0 up`,
        away: "ip -n ns1 link del dev eth0; ip netns del ns1",
        ...inTheWay("a namespace named ns1"),
    },
    {
        title: "another tool's of its name, in which a process lives",
        ours: [namespace],
        theirs: `ip netns add ns1; ip -n ns1 link set dev lo alias container up; ${live("/run/netns/ns1")}`,
        away: `${DIE}; ip netns del ns1`,
        ...inTheWay("a namespace named ns1"),
    },
    {
        title: "another stack's of its name",
        others: [namespace],
        ours: [namespace],
        ...inTheWay("a namespace named ns1", "it belongs to lab/other/Namespace0"),
    },
    {
        title: "a file of its name",
        ours: [namespace],
        theirs: "mkdir -p /run/netns; echo mine > /run/netns/ns1",
        away: "rm /run/netns/ns1",
        ...inTheWay(STALE),
    },
    {
        title: "a folder of its name",
        ours: [namespace],
        theirs: "mkdir -p /run/netns/ns1; echo mine > /run/netns/ns1/notes",
        away: "rm -r /run/netns/ns1",
        ...inTheWay(OTHER),
    },
    {
        title: "a link to nowhere of its name",
        ours: [namespace],
        theirs: "mkdir -p /run/netns; ln -s /nowhere /run/netns/ns1",
        away: "rm /run/netns/ns1",
        ...inTheWay(OTHER),
    },
    {
        title: "another sort of namespace under its name",
        ours: [namespace],
        theirs: "mkdir -p /run/netns; : > /run/netns/ns1; mount --bind /proc/self/ns/uts /run/netns/ns1",
        away: "umount /run/netns/ns1; rm /run/netns/ns1",
        ...inTheWay(STALE),
    },
    {
        title: "a namespace of its name in another tool's folder",
        ours: [namespace],
        theirs: `mkdir -p /run/docker/netns; : > /run/docker/netns/ns1
            unshare -n sh -c 'mount --bind /proc/$$/ns/net /run/docker/netns/ns1'`,
        away: "umount /run/docker/netns/ns1; rm -r /run/docker",
        ...BESIDE,
    },
    {
        title: "a folder in its place",
        ours: [host],
        theirs: `mkdir -p ${HOST}; echo mine > ${HOST}/notes`,
        away: `rm -r ${HOST}; rmdir /run/linuxnet/hosts /run/linuxnet`,
        ...inTheWay(`${HOST} is in the way`),
    },
    {
        title: "a folder that looks like one",
        ours: [host],
        theirs: `mkdir -p ${HOST}/netns; echo mine > ${HOST}/notes`,
        away: `rm -r ${HOST}; rmdir /run/linuxnet/hosts /run/linuxnet`,
        ...inTheWay(`a folder ${HOST} without a host (remove it if nobody needs it)`),
    },
    {
        title: "a file in its place",
        ours: [host],
        theirs: `mkdir -p /run/linuxnet/hosts; echo mine > ${HOST}`,
        away: `rm ${HOST}; rmdir /run/linuxnet/hosts /run/linuxnet`,
        ...inTheWay(`${HOST} is in the way`),
    },
    {
        title: "a link to elsewhere in its place",
        ours: [host],
        theirs: `mkdir -p /run/linuxnet/hosts; ln -s /etc ${HOST}`,
        away: `rm ${HOST}; rmdir /run/linuxnet/hosts /run/linuxnet`,
        ...inTheWay(`${HOST} is in the way`),
    },
    {
        title: "another stack's of its name",
        others: [host],
        ours: [host],
        ...inTheWay("a simulated host named left", "it belongs to lab/other/SimulatedHost0"),
    },
];

export const PLACES_AFTER: readonly After[] = [
    {
        title: "somebody's of its name, with links, has taken its place",
        ours: [namespace],
        theirs: "ip netns del ns1; ip netns add ns1; ip -n ns1 link add name eth0 type bridge",
        away: "ip netns del ns1",
        ...inItsPlace("a namespace named ns1"),
    },
    {
        title: "a folder has taken its place",
        ours: [namespace],
        theirs: "ip netns del ns1; mkdir /run/netns/ns1",
        away: "rmdir /run/netns/ns1",
        ...inItsPlace(OTHER),
    },
    {
        title: "somebody's link in it",
        ours: [namespace],
        theirs: "ip -n ns1 link add name theirs0 type bridge; ip -n ns1 address add 10.5.0.1/24 dev theirs0",
        away: "ip -n ns1 link del dev theirs0",
        update: "works",
        refresh: [[], "works"],
        destroy:
            /^found a bridge named theirs0 in namespace ns1: linuxnet did not create it\.\nns1 was not deleted\. Remove it, and run again\.$/,
    },
    {
        title: "another stack's link in it",
        ours: [namespace],
        others: [declare("Bridge", { namespace: "ns1", name: "br0" })],
        update: "works",
        refresh: [[], "works"],
        destroy:
            /^found a bridge named br0 in namespace ns1: it belongs to lab\/other\/Bridge0\.\nns1 was not deleted\. Remove it, and run again\.$/,
    },
    {
        title: "a process that lives in it",
        ours: [namespace],
        theirs: live("/run/netns/ns1"),
        away: DIE,
        update: "works",
        refresh: [[], "works"],
        destroy: /processes live in it: \d+ \(sleep\), end them first/,
    },
    {
        title: "somebody's second name for it",
        ours: [namespace],
        theirs: ": > /run/netns/theirs; mount --bind /run/netns/ns1 /run/netns/theirs",
        away: "ip netns del theirs",
        update: "works",
        refresh: [[], "works"],
        destroy: "works",
    },
    {
        title: "somebody's link in it",
        ours: [host],
        theirs: `nsenter --net=${HOST}/net ip link add name theirs0 type bridge`,
        away: `nsenter --net=${HOST}/net ip link del dev theirs0`,
        update: "works",
        refresh: [[], "works"],
        destroy:
            /^found a bridge named theirs0 on left: linuxnet did not create it\.\nleft was not deleted\. Remove it, and run again\.$/,
    },
    {
        title: "a process that lives in it",
        ours: [host],
        theirs: live(`${HOST}/net`),
        away: DIE,
        update: "works",
        refresh: [[], "works"],
        destroy: /processes live in it: \d+ \(sleep\), end them first/,
    },
    {
        title: "another stack's namespace in it",
        ours: [host],
        others: [declare("Namespace", { name: "ns2", host: "local/left" })],
        update: "works",
        refresh: [[], "works"],
        destroy:
            /^found a namespace named ns2 of left: it belongs to lab\/other\/Namespace0\.\nleft was not deleted\. Remove it, and run again\.$/,
    },
    {
        title: "a folder has taken its place",
        ours: [host],
        theirs: `umount ${HOST}/net; rm -r ${HOST}; mkdir -p ${HOST}; echo mine > ${HOST}/notes`,
        away: `rm -r ${HOST}; rmdir -p --ignore-fail-on-non-empty /run/linuxnet/hosts`,
        update: refused(`${HOST} is in the way`),
        refresh: [["gone"], told(`${HOST} is in the way`)],
        destroy: "works",
    },
];
