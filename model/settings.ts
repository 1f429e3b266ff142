import { quote } from "./quote";

/** A mistake in the stack's settings of linuxnet; the message is for people. */
export class SettingProblem extends Error {}

/** What there is to set, and what it may be; `hosts` and `host` are judged where they are used. */
const SETTINGS = ["host", "hosts", "naming"] as const;

const isSetting = (key: string): boolean => SETTINGS.some((known) => known === key);

/**
 * Refuses a misspelt setting, which would be as if it were not there. `settings`: what the configuration has, by its whole names
 * (`linuxnet:naming`); `isSecret`: whether a value must not be shown; `project`: one of the name `linuxnet` has settings of its own.
 */
export function checkSettings(
    settings: Readonly<Record<string, string>>,
    project: string,
    isSecret: (name: string) => boolean = () => false,
): void {
    const given = (name: string): string => (isSecret(name) ? "a secret" : quote(settings[name]));
    for (const name of Object.keys(settings)) {
        const [namespace, key = ""] = name.split(":");
        if (namespace !== "linuxnet" || project === "linuxnet" || isSetting(key)) continue;
        const known = SETTINGS.map((one) => `linuxnet:${one}`).join(", ");
        throw new SettingProblem(
            `${name}: given ${given(name)}\nexpected one of ${known}: there is no such setting\nlinuxnet config rm ${name}`,
        );
    }
    const naming = settings["linuxnet:naming"];
    if (naming !== undefined && naming !== "verbatim")
        throw new SettingProblem(
            `linuxnet:naming: given ${given("linuxnet:naming")}\nexpected "verbatim", or none: linuxnet config rm linuxnet:naming`,
        );
}
