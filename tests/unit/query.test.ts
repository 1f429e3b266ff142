import assert from "node:assert/strict";
import {
    answersOf,
    isAnswered,
    isTorn,
    pairs,
    type Query,
    queryStep,
    readAnswer,
    remember,
} from "../../provider/host/query";
import type { Reply, Step } from "../../provider/host/step";

const reply = (step: Step, stdout: string, stderr = "", code = 0): Reply => ({
    step,
    stdout,
    stderr,
    code,
    skipped: false,
});
const ask = (...lines: string[]): Step => queryStep("ip", "", lines);

describe("answers of ip", () => {
    it("stand one a line, in the order of the questions", () => {
        const step = ask("addr show", "route show table all");
        assert.deepEqual(answersOf(reply(step, '[{"ifname":"lo"}]\n[{"dst":"default"}]\n')), [
            '[{"ifname":"lo"}]',
            '[{"dst":"default"}]',
        ]);
    });

    it("are undefined for those that failed, and go to the right question for the others", () => {
        const step = ask("addr show dev absent", "addr show dev lo", "addr show dev gone");
        const stderr =
            'Device "absent" does not exist.\nCommand failed -:1\nDevice "gone" does not exist.\nCommand failed -:3\n';
        assert.deepEqual(answersOf(reply(step, '[{"ifname":"lo"}]\n', stderr, 1)), [
            undefined,
            '[{"ifname":"lo"}]',
            undefined,
        ]);
    });

    it("are undefined where a failed one left the beginning of a list", () => {
        const step = ask("route show table 77", "addr show dev lo");
        const stderr = "Error: ipv4: FIB table does not exist.\nDump terminated\nCommand failed -:1\n";
        assert.deepEqual(answersOf(reply(step, '[\n[{"ifname":"lo"}]\n', stderr, 2)), [undefined, '[{"ifname":"lo"}]']);
    });

    it("are all undefined without a namespace", () => {
        const step = ask("addr show", "route show");
        const stderr = "nsenter: cannot open /run/netns/ns1: No such file or directory\n";
        assert.deepEqual(answersOf(reply(step, "", stderr, 1)), [undefined, undefined]);
    });

    it("may be empty lists", () => {
        assert.deepEqual(answersOf(reply(ask("route show", "route show table 77"), "[]\n[]\n")), ["[]", "[]"]);
    });

    it("are torn where ip says so", () => {
        assert.ok(isTorn(reply(ask("addr show"), "[]", "Dump was interrupted and may be inconsistent.\n")));
        assert.ok(!isTorn(reply(ask("addr show"), "[]")));
    });
});

describe("no answer", () => {
    const lo = '[{"ifname":"lo"}]\n';

    it("is none where each question has one, or has failed by itself", () => {
        assert.ok(isAnswered(reply(ask("addr show"), lo)));
        const stderr = 'Device "gone" does not exist.\nCommand failed -:2\n';
        assert.ok(isAnswered(reply(ask("addr show dev lo", "addr show dev gone"), lo, stderr, 1)));
        assert.ok(isAnswered(reply(queryStep("files", "", ["/run/x"]), "")));
    });

    it("is none where a bridge is not there: ip ends at once", () => {
        const stderr =
            'Device "br0" does not exist.\nCommand failed -:1\nError: argument "br0" is wrong: Device does not exist\n';
        assert.ok(isAnswered(reply(ask("addr show dev br0", "addr show master br0"), "", stderr, 255)));
    });

    it("is what a program that failed, or said too little, has given", () => {
        assert.ok(!isAnswered(reply(ask("addr show"), "", "Cannot open netlink socket\n", 1)));
        assert.ok(!isAnswered(reply(ask("addr show", "route show"), lo)));
        assert.ok(!isAnswered(reply(queryStep("files", "", ["/run/x"]), "", "", 130)));
    });

    it("is half an answer, too", () => {
        const query: Query<unknown> = {
            source: "ip",
            place: "",
            ask: "addr show",
            read: (text) => JSON.parse(text ?? ""),
        };
        assert.throws(() => readAnswer(query, '[{"ifna'), /no whole answer to: ip addr show/);
    });
});

describe("answers of files and settings", () => {
    it("carry the number of their question", () => {
        const step = queryStep("settings", "", ["net/ipv4/conf/*/forwarding", "net/absent", "kernel/random/boot_id"]);
        const text = "0 net/ipv4/conf/all/forwarding 1\n0 net/ipv4/conf/lo/forwarding 0\n2 kernel/random/boot_id abc\n";
        const [first, second, third] = answersOf(reply(step, text));
        assert.deepEqual(
            pairs(first),
            new Map([
                ["net/ipv4/conf/all/forwarding", "1"],
                ["net/ipv4/conf/lo/forwarding", "0"],
            ]),
        );
        assert.equal(second, undefined);
        assert.equal(third, "kernel/random/boot_id abc");
    });

    it("keep spaces of a file's lines, and lines that are empty", () => {
        const step = queryStep("files", "", ["/etc/sysctl.d/90-*.conf"]);
        const [answer] = answersOf(reply(step, "0 /etc/sysctl.d/90-a.conf # a  b\n0 /etc/sysctl.d/90-a.conf \n"));
        assert.equal(answer, "/etc/sysctl.d/90-a.conf # a  b\n/etc/sysctl.d/90-a.conf ");
    });

    it("of nothing are an empty map", () => assert.deepEqual(pairs(undefined), new Map()));

    it("with an empty value have one", () => assert.deepEqual(pairs("net/x "), new Map([["net/x", ""]])));
});

describe("what is remembered", () => {
    it("is parsed once, and forgotten where it comes to much, the least asked for first", () => {
        const parsed: (string | undefined)[] = [];
        const parse = remember((answer) => {
            parsed.push(answer);
            return [answer];
        });
        const timesOf = (text: string) => parsed.filter((answer) => answer === text).length;
        assert.equal(parse("a"), parse("a"));
        for (let number = 0; number < 1000; number++) parse(String(number));
        parse("a");
        assert.equal(timesOf("a"), 1);
        const large = (letter: string) => letter.repeat(3_000_000);
        parse(large("x"));
        parse(large("y"));
        parse("a");
        parse(large("x"));
        parse(large("z"));
        assert.deepEqual([timesOf("7"), timesOf(large("x")), timesOf(large("y"))], [1, 1, 1]);
        parse("7");
        parse("a");
        parse(large("y"));
        parse("a");
        parse(large("z"));
        assert.deepEqual([timesOf("7"), timesOf(large("y"))], [2, 2]);
        assert.deepEqual([timesOf("a"), timesOf(large("z"))], [1, 1]);
        assert.equal(parse(undefined), parse(undefined));
    });

    it("is the last answer at least, however large", () => {
        let times = 0;
        const parse = remember(() => ++times);
        const large = "x".repeat(20_000_000);
        assert.equal(parse(large), parse(large));
        assert.equal(parse("small"), 2);
        assert.equal(parse("small"), 2);
    });
});
