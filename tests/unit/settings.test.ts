import assert from "node:assert/strict";
import { checkSettings, SettingProblem } from "../../model/settings";

describe("the settings of a stack", () => {
    const isSecret = (name: string): boolean => name.endsWith("Password");

    function problem(settings: Readonly<Record<string, string>>, project = "lab"): string {
        try {
            checkSettings(settings, project, isSecret);
        } catch (error) {
            assert.ok(error instanceof SettingProblem, `not a message for people: ${error}`);
            return error.message;
        }
        return "accepted";
    }

    it("are ours where they are spelt so, and everybody else's as they like", () => {
        assert.equal(problem({}), "accepted");
        const all = { "linuxnet:naming": "verbatim", "linuxnet:hosts": "{}", "linuxnet:host": "left" };
        assert.equal(problem({ ...all, "lab:naming": "x", "linuxnets:a": "b" }), "accepted");
    });

    it("are refused where nobody would read them, by what was given and what is expected", () => {
        assert.equal(
            problem({ "linuxnet:nameing": "verbatim" }),
            'linuxnet:nameing: given "verbatim"\nexpected one of linuxnet:host, linuxnet:hosts, linuxnet:naming: there is no such setting\n' +
                "linuxnet config rm linuxnet:nameing",
        );
        assert.match(problem({ "linuxnet:toString": "x" }), /^linuxnet:toString: given "x"/);
        assert.match(problem({ "linuxnet:aPassword": "hush" }), /^linuxnet:aPassword: given a secret\n/);
    });

    it("have one way of naming beside the usual one", () => {
        for (const given of ["verbatm", "Verbatim", ""])
            assert.equal(
                problem({ "linuxnet:naming": given }),
                `linuxnet:naming: given ${JSON.stringify(given)}\nexpected "verbatim", or none: linuxnet config rm linuxnet:naming`,
            );
    });

    it("of a project that is called linuxnet are its own", () => {
        assert.equal(problem({ "linuxnet:color": "red" }, "linuxnet"), "accepted");
        assert.match(problem({ "linuxnet:naming": "verbatm" }, "linuxnet"), /given "verbatm"/);
    });
});
