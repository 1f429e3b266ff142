import assert from "node:assert/strict";
import fc from "fast-check";
import { type Command, describe as describeCommand, ip, setting } from "../../provider/host/command";
import { toSteps } from "../../provider/host/step";

const file = (path: string, content: string | undefined): Command => ({ kind: "file", place: "", path, content });
const tool = (...argv: string[]): Command => ({ kind: "tool", place: "", argv, text: argv.join(" ") });

describe("steps", () => {
    it("share a process between neighbours of one place and kind, and keep the order", () => {
        const steps = toSteps([
            ip("", "link", "add", "name", "a", "type", "bridge"),
            ip("", "link", "set", "dev", "a", "up"),
            ip("ns1", "link", "set", "dev", "b", "up"),
            setting("ns1", "net/ipv4/ip_forward", "1"),
            setting("ns1", "net/ipv4/conf/b/forwarding", "1"),
            ip("ns1", "addr", "add", "10.0.0.1/24", "dev", "b"),
            file("/run/linuxnet/host/x.json", "{}"),
            file("/run/linuxnet/host/x.json", undefined),
            tool("true"),
            tool("true"),
        ]);
        assert.deepEqual(
            steps.map(({ place, input }) => [place, input.length]),
            [
                ["", 2],
                ["ns1", 1],
                ["ns1", 3],
                ["", 1],
                ["", 0],
                ["", 0],
                ["", 0],
            ],
        );
        assert.deepEqual(steps[0]?.input, ["link add name a type bridge", "link set dev a up"]);
        assert.deepEqual(steps[0]?.describe, ["ip link add name a type bridge", "ip link set dev a up"]);
        assert.ok(steps.every(({ mode, mutating }) => mode === "chain" && mutating));
    });

    it("do not share one with what may fail", () => {
        const optional: Command = { ...ip("", "route", "add", "10.0.0.0/8", "dev", "a"), optional: true };
        const steps = toSteps([
            ip("", "link", "set", "dev", "a", "up"),
            optional,
            optional,
            ip("", "link", "set", "dev", "a", "down"),
        ]);
        assert.deepEqual(
            steps.map(({ mode }) => mode),
            ["chain", "optional", "optional", "chain"],
        );
    });

    const inborn = (place: string, path: string): Command => ({ ...setting(place, path, "1"), isInborn: true });

    it("leave out what a new device has from its start, where it has", () => {
        const commands = [inborn("ns1", "net/a"), setting("ns1", "net/b", "1"), inborn("", "net/a")];
        const told = (isQuiet?: (place: string) => boolean) =>
            toSteps(commands, isQuiet).flatMap(({ describe: lines }) => lines);
        assert.deepEqual(told(), commands.map(describeCommand));
        assert.deepEqual(
            told((place) => place === "ns1"),
            commands.slice(1).map(describeCommand),
        );
    });

    it("do by a neighbour's process what can be done in its place", () => {
        const made: Command = {
            ...ip("", "link", "add", "name", "a", "netns", "ns1"),
            otherwise: ["ns1", "ns2"].map((place) => ip(place, "link", "add", "name", "a", "from", place)),
        };
        const gone: Command = { ...ip("", "netns", "del", "ns1"), otherwise: [ip("ns1", "netns", "del", "ns1")] };
        const set = ip("ns1", "link", "set", "dev", "a", "up");
        const run = (commands: readonly Command[], isQuiet?: (place: string) => boolean) =>
            toSteps(commands, isQuiet).map(({ place, input }) => [place, ...input]);
        const inside = ["ns1", "link add name a from ns1", "link set dev a up"];
        assert.deepEqual(run([made, set]), [inside]);
        assert.deepEqual(run([made, inborn("ns1", "net/a"), set]), [
            ["", "link add name a netns ns1"],
            ["ns1", "net/a 1", "link set dev a up"],
        ]);
        assert.deepEqual(
            run([made, inborn("ns1", "net/a"), set], () => true),
            [inside],
        );
        assert.deepEqual(run([made, ip("", "link", "show"), set])[0], ["", "link add name a netns ns1", "link show"]);
        assert.deepEqual(run([set, gone]), [["ns1", "link set dev a up", "netns del ns1"]]);
        assert.deepEqual(run([tool("true"), gone]).at(-1), ["", "netns del ns1"]);
        assert.deepEqual(toSteps([made, set])[0]?.describe, ["ip link add name a netns ns1", describeCommand(set)]);
    });

    it("hold every command once, in order, whatever they are", () => {
        const place = fc.constantFrom("", "ns1", "ns2");
        const command: fc.Arbitrary<Command> = fc.oneof(
            fc.tuple(place, fc.nat(9)).map(([where, number]) => ip(where, "link", "set", "dev", `eth${number}`, "up")),
            fc.tuple(place, fc.nat(9)).map(([where, number]) => setting(where, `net/${number}`, "1")),
            fc.nat(9).map((number) => file(`/run/${number}`, "x")),
            fc.nat(9).map((number) => tool("echo", String(number))),
        );
        fc.assert(
            fc.property(fc.array(command, { maxLength: 20 }), (commands) => {
                const steps = toSteps(commands);
                assert.deepEqual(
                    steps.flatMap(({ describe: lines }) => lines),
                    commands.map(describeCommand),
                );
                assert.ok(steps.length <= commands.length);
            }),
            { numRuns: 1000 },
        );
    });

    it("enter a namespace by its file, and nothing else", () => {
        const [step] = toSteps([ip("ns1", "link", "set", "dev", "a", "up")]);
        assert.equal(step?.place, "ns1");
        assert.deepEqual(step?.argv, ["ip", "-batch", "-"]);
    });
});
