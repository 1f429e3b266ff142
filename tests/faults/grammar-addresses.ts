import * as fc from "fast-check";
import {
    CONTROLS,
    from,
    type Grammar,
    generate,
    type Hostile,
    inserted,
    joined,
    MARKS,
    mutated,
    OPTIONS,
    PERCENT,
    SHELL,
    type Texts,
    UNICODE,
    WORDS,
} from "./grammar";

const byte = fc.nat(255);
const parts4 = fc.tuple(fc.integer({ min: 1, max: 223 }), byte, byte, fc.integer({ min: 1, max: 254 }));
const host4 = parts4.map((parts) => parts.join("."));
const group = fc.nat(0xffff).map((number) => number.toString(16));
const groups = fc.array(fc.oneof({ weight: 2, arbitrary: fc.constant("0") }, { weight: 3, arbitrary: group }), {
    minLength: 6,
    maxLength: 6,
});
const first = from(["fd00", "fd12", "2001", "2a02", "fe80", "fc00"]);
const host6 = fc.tuple(first, groups, group).map(([head, middle, tail]) => [head, ...middle, tail].join(":"));
const short6 = joined(from(["fd00::", "2001:db8::", "fe80::"]), group);
const length = (min: number, max: number): Texts => fc.integer({ min, max }).map((bits) => `/${bits}`);
const with4 = joined(host4, length(8, 32));
const with6 = joined(host6, length(16, 128));
const either = fc.oneof(with4, with6);

const number = ([a, b, c, d]: readonly number[]): number =>
    ((Number(a) * 256 + Number(b)) * 256 + Number(c)) * 256 + Number(d);
const dotted = (value: number): string => [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join(".");

/** The same number in other notations, some of which C's inet_aton takes; and what looks like one. */
const otherwise = parts4.chain(([a, b, c, d]) => {
    const [rest, value] = [`${b}.${c}.${d}`, number([a, b, c, d])];
    const firsts = [`0${a}`, `00${a}`, `0${a.toString(8)}`, `0x${a.toString(16)}`, `${a + 256}`, `+${a}`, `-${a}`, ""];
    const shorter = [
        `${a}`,
        `${a}.${b}`,
        `${a}.${b}.${c}`,
        `${a}.${b * 65536 + c * 256 + d}`,
        `${a}.${b}.${c * 256 + d}`,
    ];
    const odd = [`${a}.${b}.0${c}.00${d}`, `${a}.${rest}.`, `${a}..${c}.${d}`, `${a}.${rest}.1`];
    return from([
        ...firsts.map((one) => `${one}.${rest}`),
        ...shorter,
        ...odd,
        String(value),
        `0x${value.toString(16)}`,
    ]);
});

const WRONG_LENGTHS = [
    ...[
        "/33",
        "/129",
        "/-1",
        "/ 24",
        "/24 ",
        "/255.255.255.0",
        "/0.0.0.255",
        "/024",
        "/00",
        "/",
        "//24",
        "/24/24",
        "/+8",
    ],
    ...["/8.0", "/1e1", "/0x8", "/\u0662\u0664", "/99999999999999999999", "/4294967320", "/abc", "", "\\24", "/24,"],
];
const ODD_IPV6 = [
    ...[":::/64", "::1::2/64", "fd00:/64", ":fd00::1/64", "fd00:::1/64", "1:2:3:4:5:6:7:8:9/64", "1:2:3:4:5:6:7/64"],
    ...["fd00::12345/64", "fd00::g/64", "[fd00::1]/64", "::1.2.3/64", "::1.2.3.256/64", "::1.2.3.4:5/64"],
    ...[
        "1:2:3:4:5:6:7:1.2.3.4/64",
        "1:2:3:4:5:6:7::/64",
        "::2:3:4:5:6:7:8/64",
        "fd00::01.2.3.4/64",
        "fd00::1.2.3.04/64",
    ],
];
const EDGES = [
    ...["0.0.0.0/0", "0.0.0.0/32", "0.0.0.0", "0.0.0.1/8", "255.255.255.255/32", "127.0.0.1/8", "127.0.0.1", "::/0"],
    ...["::", "::/128", "::1/128", "::1", "::2/64", "10.0.0.1/0", "fd00::1/0", "169.254.1.1/16", "240.0.0.1/4"],
    ...["fe80::/64", "fe80::1/10", "fec0::1/64", "100::1/64", "ffff::1/64", "10.0.0.255/24", "10.0.0.0/31"],
];
const subnetEnd = fc.tuple(parts4, fc.integer({ min: 8, max: 30 }), fc.boolean()).map(([parts, bits, isLast]) => {
    const size = 2 ** (32 - bits);
    return `${dotted(Math.floor(number(parts) / size) * size + (isLast ? size - 1 : 0))}/${bits}`;
});

const ADDRESSES: Grammar = {
    IPv4: with4,
    IPv6: with6,
    "short IPv6": joined(short6, length(16, 128)),
    "spelled otherwise": fc.oneof(
        with6.map((text) => text.toUpperCase()),
        with6.map((text) => text.replace(/[0-9a-f]+(?=:)/g, (part) => part.padStart(4, "0"))),
        joined(from(["fd00::", "64:ff9b::", "2001:db8:1:2:3:4:", "::"]), host4, length(16, 128)),
    ),
    "odd IPv6": fc.oneof(from(ODD_IPV6), mutated(with6, [..."::g.0"])),
    "odd IPv4": joined(otherwise, from(["/24", "/8", ""])),
    "wrong length": joined(fc.oneof(host4, short6), from(WRONG_LENGTHS)),
    multicast: fc.oneof(
        joined(
            fc.tuple(fc.integer({ min: 224, max: 255 }), byte, byte, byte).map((parts) => parts.join(".")),
            length(4, 32),
        ),
        joined(from(["ff02::", "ff00::", "ff0e::", "ff05::"]), group, length(8, 128)),
    ),
    "IPv4 within IPv6": joined(
        from(["::ffff:", "::FFFF:", "0:0:0:0:0:ffff:", "::ffff:0:", "::", "2002::"]),
        host4,
        length(90, 128),
    ),
    zone: joined(short6, from(["%eth0", "%1", "%lo", "%25eth0", "%", "%$(x)", "%\n"]), from(["", "/64"])),
    edge: fc.oneof(from(EDGES), subnetEnd),
    word: from([
        ...WORDS,
        ...OPTIONS,
        "",
        " ",
        "any/0",
        "default/0",
        "local/24",
        "inet",
        "inet6",
        "0/0",
        "*",
        "localhost",
    ]),
    shell: inserted(either, SHELL),
    control: inserted(either, CONTROLS),
    unicode: inserted(either, UNICODE),
    mark: inserted(either, [...MARKS, ...PERCENT]),
    several: joined(either, from([",", ", ", " , ", ",,", " ", "\n", ";", "\t"]), either),
    overlong: fc.oneof(
        joined(with4, fc.constantFrom("0".repeat(100), "0".repeat(5000))),
        fc.tuple(group, fc.integer({ min: 9, max: 2000 })).map(([text, times]) => `${`${text}:`.repeat(times)}1/64`),
        fc.tuple(byte, fc.integer({ min: 5, max: 1000 })).map(([text, times]) => `${`${text}.`.repeat(times)}1/24`),
    ),
    mutated: mutated(either, [..."0129.:/af%, -"]),
};

/** Those that are addresses for the most part. */
export const MOSTLY_ADDRESSES = ["IPv4", "IPv6", "short IPv6", "spelled otherwise"];

export const hostileAddresses = (count: number): Hostile[] => generate(ADDRESSES, "addresses", count);
