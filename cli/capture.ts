import type { Command } from "commander";
import { type Place, placeName } from "../model/place.js";
import { Failure } from "../toolchain/failure.mjs";
import { ending, examples } from "./action.js";
import type { Deployed } from "./deployed.js";
import { runIn, wordsBehind } from "./exec/attached.js";
import { type StackOptions, withStackOptions } from "./options.js";

/** tcpdump's own word for all devices at once: tcpdump(1), -i. */
const ANY = "any";

/** The devices of a place: the program's names, and those that the kernel has there now. */
async function deviceNamed(lab: Deployed, place: Place, name: string): Promise<string> {
    const [{ ask }, { linksQuery }] = await Promise.all([
        import("../provider/host/machines.js"),
        import("../provider/link.js"),
    ]);
    const { links } = await ask(place, { links: linksQuery(place) });
    const present = links.map((link) => link.name);
    if (name === ANY || present.includes(name)) return name;
    const declared = [...(lab.topology.nodes.get(place)?.devices.values() ?? [])];
    const named = declared.filter(
        ({ resource, side }) => resource === name || (side && `${resource}.${side}` === name),
    );
    const [device, other] = named.filter((one) => present.includes(one.name));
    if (device !== undefined && other === undefined) return device.name;
    const both = other === undefined ? "" : ` ${name} has both ends there: ${name}.left, ${name}.right.`;
    throw new Failure(
        `linuxnet: there is no device ${name} in ${placeName(place)}.${both} There is ${[...present, ANY].join(", ")}.`,
        2,
    );
}

async function requireTcpdump(place: Place): Promise<void> {
    const { isInstalled, machineTitle } = await import("../provider/host/attach.js");
    if (await isInstalled(place, "tcpdump")) return;
    throw new Failure(
        `linuxnet: ${machineTitle(place)} has no tcpdump: install Debian's tcpdump there (apt-get install tcpdump), and run again.`,
    );
}

/** Packets as they come: to a program as a pcap file without an end, to a person as text. */
const capture = (name: string, device: string, words: readonly string[], options: StackOptions): Promise<number> =>
    runIn(name, options, async (place, lab) => {
        const there = await deviceNamed(lab, place, device);
        await requireTcpdump(place);
        const form = process.stdout.isTTY === true ? ["-n", "-l"] : ["-U", "-w", "-"];
        return ["tcpdump", "-i", there, ...form, ...wordsBehind(words)];
    });

export const addCapture = (program: Command): Command =>
    withStackOptions(program.command("capture"))
        .usage("[options] <place> <device> [-- words of tcpdump...]")
        .description("capture packets of a device, for Wireshark or to be read, wherever it is")
        .argument("<place>", "a namespace or a host, by the program's name or its own")
        .argument("<device>", "a device in there, by the program's name or the kernel's; any: all of them")
        .argument("[words...]", "what tcpdump is to be told beside: a filter, -c 10")
        .passThroughOptions()
        .action(ending(capture))
        .addHelpText(
            "after",
            examples(
                ["linuxnet capture ns1 veth-ns1 | wireshark -k -i -", "live"],
                ["linuxnet capture ns1 link1 >ns1.pcap", "into a file; link1 is its end in there"],
                ["linuxnet capture ns1 veth-ns1 -- -c 10 icmp", "at a terminal, as text: no binary is written to one"],
            ),
        );
