import assert from "node:assert/strict";
import { ratesBetween } from "../../cli/top/rates";
import { rateJson, rateLines, short } from "../../cli/top/words";
import { type Counters, type DeviceCounters, parseCounters } from "../../provider/counters";

const nothing: Counters = { bytes: 0, packets: 0, errors: 0, drops: 0 };

const counted = (device: string, received: Partial<Counters>, sent: Partial<Counters> = {}): DeviceCounters => ({
    place: "ns1",
    device,
    received: { ...nothing, ...received },
    sent: { ...nothing, ...sent },
});

describe("what crosses a lab's devices", () => {
    it("is read from the words of the kernel, each place behind its number", () => {
        const answer = [
            "@ 0",
            "Inter-|   Receive                                                |  Transmit",
            " face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed",
            "    lo:       0       0    0    0    0     0          0         0        0       0    0    0    0     0       0          0",
            "@ 1",
            "@ 2",
            "veth0.7:1234567890123    11    1    2    3     4          5         6       22      33    4    5    6     7       8          9",
        ].join("\n");
        assert.deepEqual(parseCounters(answer, ["", "gone", "left:ns1"]), [
            { place: "", device: "lo", received: nothing, sent: nothing },
            {
                place: "left:ns1",
                device: "veth0.7",
                received: { bytes: 1234567890123, packets: 11, errors: 1, drops: 2 },
                sent: { bytes: 22, packets: 33, errors: 4, drops: 5 },
            },
        ]);
    });

    it("is what was counted in between, the busiest first", () => {
        const before = [
            counted("a", { bytes: 100 }),
            counted("b", { packets: 5 }),
            counted("c", { bytes: 900, packets: 9 }),
        ];
        const now = [
            counted("a", { bytes: 200, drops: 4 }),
            counted("b", { packets: 5 }, { bytes: 1000, packets: 10, errors: 1 }),
            counted("c", { bytes: 50, packets: 1 }),
            counted("d", { bytes: 10_000 }),
        ];
        const rates = ratesBetween(before, now, 2);
        assert.deepEqual(
            rates.map(({ device, received, sent }) => [device, received.bits, sent.bits]),
            [
                ["b", 0, 4000],
                ["a", 400, 0],
                // Made anew: what it has counted since.
                ["c", 200, 0],
            ],
        );
        assert.deepEqual(rateLines(rates), [
            "PLACE  DEVICE  RX bit/s  TX bit/s  RX pkt/s  TX pkt/s  DROPS/s  ERRORS/s",
            "ns1    b              0       4 k         0         5        0       0.5",
            "ns1    a            400         0         0         0        2         0",
            "ns1    c            200         0       0.5         0        0         0",
        ]);
        const { devices } = JSON.parse(rateJson(rates, new Date(0), 2));
        assert.deepEqual([devices.length, devices[0].sentPacketsPerSecond, devices[1].dropsPerSecond], [3, 5, 2]);
    });

    it("is told in three digits", () => {
        const told = [0, 0.123, 9.994, 9.996, 99.96, 999.4, 999.6, 1234, 9_876_543, 2.5e9, 3e15].map(short);
        const wanted = ["0", "0.12", "9.99", "10", "100", "999", "1 k", "1.23 k", "9.88 M", "2.5 G", "3000 T"];
        assert.deepEqual(told, wanted);
    });
});
