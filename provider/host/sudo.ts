import { BOOTSTRAP } from "./program";

/** As it stands in sudoers: commas, colons, equals signs and backslashes would have to be escaped, and there are none. */
const COMMAND = `/bin/sh -c ${BOOTSTRAP}`;

/** The one line of sudoers(5) that allows just what is run. It is as good as root: see docs/hosts.md. */
const sudoersLine = (user: string): string => `${user} ALL=(root) NOPASSWD: ${COMMAND}`;

/** What sudo says, and what that means to the user; undefined if it is not sudo that speaks. */
export function explainSudo(host: string, user: string, said: string): string | undefined {
    if (/sudo: (?:command )?not found|spawn sudo ENOENT/.test(said)) {
        return `there is no sudo ${host}: install Debian's sudo, or connect as root`;
    }
    if (!/^sudo: |is not allowed to|not in the sudoers file|may not run sudo/m.test(said)) return undefined;
    const file = "/etc/sudoers.d/linuxnet";
    return (
        `${user} may not use sudo ${host} as linuxnet needs it. Allow just that, by this line in ${file} ` +
        `(visudo -f ${file}):\n${sudoersLine(user)}\nsudo said: ${said.trim().replace(/\s*\n\s*/g, "; ")}`
    );
}
