import * as v from "valibot";
import { INTERFACE_NAME_BYTES, isHostPath, isInterfaceName, isNamespaceName, NAMESPACE_NAME_BYTES } from "./name";
import { AddressProblem, isAssignable, networkOf, type Prefix, parseAddress, parsePrefix } from "./prefix";
import { quote } from "./quote";

/** The engine's placeholder for a value that is not known yet (Pulumi's protocol, `rpc.unknownValue`). */
export const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** What the SDK sends in place of a secret, so that its text goes nowhere; neither a name nor an address. */
export const SECRET = "(a secret)";

/** The input by which the checks are told what to say nothing of; it never gets into the state. */
export const SILENCE = "__silence";

/** A mistake in a resource's inputs: where, what was given, what is expected and the way out. */
export interface Problem {
    readonly property: string;
    readonly given: string;
    readonly expected: string;
    readonly advice?: string | undefined;
}

type Check = (text: string) => { expected: string; advice?: string | undefined } | { value: string };

/** A string that is checked and brought into its canonical spelling. */
const text = (check: Check) =>
    v.pipe(
        v.string("text"),
        v.rawTransform(({ dataset, addIssue, NEVER }) => {
            const result = check(dataset.value);
            if ("value" in result) return result.value;
            addIssue({ message: [result.expected, result.advice ?? ""].join("\n") });
            return NEVER;
        }),
    );

function addressCheck(expected: string, parse: (text: string) => string): Check {
    return (given) => {
        try {
            return { value: parse(given) };
        } catch (error) {
            if (!(error instanceof AddressProblem)) throw error;
            return { expected, advice: error.message };
        }
    };
}

/** Said only where it is the length that is wrong. */
function tooLong(given: string, limit: number): string | undefined {
    const bytes = Buffer.byteLength(given);
    return bytes > limit ? `it has ${bytes} bytes` : undefined;
}

export const interfaceName = text((given) =>
    isInterfaceName(given)
        ? { value: given }
        : {
              expected: "an interface name: 1 to 15 of letters, digits, _ . -, not lo, all, default or help",
              advice: tooLong(given, INTERFACE_NAME_BYTES),
          },
);

/** A device that exists already may also be `lo`. */
export const deviceName = text((given) =>
    given === "lo" || isInterfaceName(given)
        ? { value: given }
        : {
              expected: "the name of a network device, 1 to 15 of letters, digits, _ . -",
              advice: tooLong(given, INTERFACE_NAME_BYTES),
          },
);

export const namespaceName = text((given) =>
    isNamespaceName(given)
        ? { value: given }
        : {
              expected: "a namespace name: 1 to 63 of letters, digits, _ . -, beginning with a letter or _",
              advice: tooLong(given, NAMESPACE_NAME_BYTES),
          },
);

/** Whether there is such a host is the machine's to say. */
export const hostPath = text((given) =>
    isHostPath(given) ? { value: given } : { expected: "a host: its name in linuxnet:hosts, or a SimulatedHost" },
);

function interfaceAddressText(given: string): string {
    const prefix = parsePrefix(given);
    if (!isAssignable(prefix)) throw new AddressProblem("no interface can have this address");
    return prefix.text;
}

const ADDRESS_EXPECTED = "an address with its prefix length, such as 192.168.1.1/24 or fd00::1/64";

export const interfaceAddress = text(addressCheck(ADDRESS_EXPECTED, interfaceAddressText));

/** Lists travel as one text, so that an insertion reads as one change: `192.168.1.1/24, fd00::1/64`. */
export const splitList = (list: string): string[] => (list === "" ? [] : list.split(", "));
export const joinList = (items: readonly string[]): string => items.join(", ");

const plain = (address: string): string => address.slice(0, address.indexOf("/"));
const isIpv6 = (address: string): boolean => address.includes(":");

export const interfaceAddresses = text((given) => {
    const canonical: string[] = [];
    for (const item of splitList(given)) {
        try {
            const address = interfaceAddressText(item);
            // IPv6 has an address once on a device, whatever its prefix length.
            const same = (other: string) => other === address || (isIpv6(address) && plain(other) === plain(address));
            if (canonical.some(same)) return { expected: "each address once", advice: `${address} is twice` };
            canonical.push(address);
        } catch (error) {
            if (!(error instanceof AddressProblem)) throw error;
            return { expected: ADDRESS_EXPECTED, advice: `${quote(item)}: ${error.message}` };
        }
    }
    return { value: joinList(canonical) };
});

function plainAddressText(given: string): string {
    const address = parseAddress(given);
    if (!isAssignable(address)) throw new AddressProblem("no host can have this address");
    return address.address;
}

const PLAIN_EXPECTED = "an address without a prefix length, such as 192.168.1.1 or fd00::1";

export const plainAddress = text(addressCheck(PLAIN_EXPECTED, plainAddressText));

/** A list of them as one text. */
export const plainAddresses = text((given) => {
    const canonical: string[] = [];
    for (const item of splitList(given)) {
        try {
            const address = plainAddressText(item);
            if (canonical.includes(address)) return { expected: "each address once", advice: `${address} is twice` };
            canonical.push(address);
        } catch (error) {
            if (!(error instanceof AddressProblem)) throw error;
            return { expected: PLAIN_EXPECTED, advice: `${quote(item)}: ${error.message}` };
        }
    }
    return { value: joinList(canonical) };
});

function destinationText(given: string): string {
    const prefix: Prefix = given.includes("/") ? parsePrefix(given) : parseAddress(given);
    const network = networkOf(prefix);
    if (network.value !== prefix.value) throw new AddressProblem(`host bits are set; did you mean ${network.text}?`);
    return network.text;
}

export const destination = text((given) =>
    given === "default"
        ? { value: given }
        : addressCheck('a destination such as 192.168.2.0/24, fd00:2::/64 or "default"', destinationText)(given),
);

export const macAddress = text((given) => {
    const mac = given.toLowerCase();
    if (!/^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/.test(mac)) {
        return { expected: "a MAC address such as 02:00:00:00:00:01" };
    }
    const first = Number.parseInt(mac.slice(0, 2), 16);
    if (first & 1) return { expected: "a unicast MAC address", advice: "the lowest bit of its first byte must be 0" };
    if (mac === "00:00:00:00:00:00") return { expected: "a MAC address other than zero" };
    return { value: mac };
});

export const integer = (from: number, to: number, meaning = "a whole number") => {
    const expected = `${meaning} from ${from} to ${to}`;
    return v.pipe(
        v.number(`${expected}, not text`),
        v.integer(expected),
        v.minValue(from, expected),
        v.maxValue(to, expected),
    );
};

/** A device's MTU in bytes (the kernel's bounds for veth and bridge). */
export const mtu = integer(68, 65535, "an MTU in bytes");

export const flag = v.boolean("true or false");

/** A flat object of inputs: the keys of a kind, each with what it accepts. */
export type Entries = v.ObjectEntries;

export type SpecOf<E extends Entries> = v.InferOutput<v.ObjectSchema<E, undefined>>;

/** Which inputs a kind has and how they are parsed. */
export interface Schema<Spec> {
    readonly keys: readonly string[];
    /** Problems of the values that are known; values not known yet pass. */
    check(inputs: Record<string, unknown>): { inputs: Record<string, unknown>; problems: Problem[] };
    /** The spec, all of it known. */
    parse(properties: Record<string, unknown>): Spec;
    /** The spec of a state: what a person has made of the object may be nothing that a program could ask for. */
    recall(properties: Record<string, unknown>): Spec;
}

/** Which end of a pair a flat input belongs to. */
const SIDE = /^(left|right)(?=[A-Z])/;

const show = (value: unknown): string => (value === undefined ? "nothing" : quote(value));

const SECRET_PROBLEM = {
    given: "a secret",
    expected: "what may be seen: the machine shows it to everybody",
    advice: "if it is none, pulumi.unsecret(…) says so",
};

export function schema<E extends Entries>(entries: E): Schema<SpecOf<E>> {
    const keys = Object.keys(entries);
    const whole = v.object(entries);
    const pick = (properties: Record<string, unknown>) =>
        Object.fromEntries(keys.flatMap((key) => (properties[key] === undefined ? [] : [[key, properties[key]]])));

    return {
        keys,
        parse: (properties) => v.parse(whole, pick(properties)),
        recall(properties) {
            const known = Object.entries(pick(properties)).filter(
                ([key, value]) => v.safeParse(entries[key] as v.GenericSchema, value).success,
            );
            return v.parse(whole, Object.fromEntries(known));
        },
        check(inputs) {
            const checked: Record<string, unknown> = {};
            const problems: Problem[] = [];
            for (const key of Object.keys(inputs)) {
                if (keys.includes(key) || key.startsWith("__")) continue;
                const side = SIDE.exec(key)?.[0] ?? "";
                const known = keys.filter((one) => one.startsWith(side)).map((one) => one.slice(side.length));
                const names = known.map((one) => one.charAt(0).toLowerCase() + one.slice(1));
                problems.push({
                    property: key,
                    given: show(inputs[key]),
                    expected: `one of its properties: ${names.join(", ")}`,
                });
            }
            for (const [key, entry] of Object.entries(entries)) {
                const given = inputs[key];
                if (given === UNKNOWN) {
                    checked[key] = given;
                    continue;
                }
                if (given === SECRET) {
                    problems.push({ property: key, ...SECRET_PROBLEM });
                    continue;
                }
                const result = v.safeParse(entry as v.GenericSchema<unknown, unknown>, given);
                if (!result.success) {
                    const [expected = "", advice] = (result.issues[0]?.message ?? "").split("\n");
                    problems.push({
                        property: key,
                        given: show(given),
                        expected: given === undefined ? "a value: it is required" : expected,
                        advice: advice || undefined,
                    });
                } else if (result.output !== undefined) checked[key] = result.output;
            }
            return { inputs: checked, problems };
        },
    };
}
