import { withinMachine } from "../../model/place";
import { type Command, type FileCommand, type IpCommand, type SettingCommand, sysctlWord } from "./command";
import { typedAt } from "./place";
import { shellWord } from "./shell-word";

const words = (argv: readonly string[]): string => argv.map(shellWord).join(" ");

/** The first of a group to go takes the last one along, where that is its other end: there may be nothing left. */
const mayFail = ({ optional, line }: IpCommand): boolean => optional === true || line.startsWith("link del group ");

function ipLine(command: IpCommand): string {
    const line = `${command.program ?? "ip"} ${words(command.line.split(" "))}`;
    return typedAt(withinMachine(command.place), line) + (mayFail(command) ? " || true" : "");
}

/** Settings of one place, by one call: one that a kernel may lack is begun with `-`, as in sysctl.d(5). */
function settingLines(settings: readonly SettingCommand[]): string[] {
    const [first] = settings;
    if (first === undefined) return [];
    const texts = settings.map(sysctlWord).map(shellWord);
    const call = typedAt(withinMachine(first.place), first.path.startsWith("-") ? "sysctl -q -e -w" : "sysctl -q -w");
    if (texts.length === 1) return [`${call} ${texts[0]}`];
    return [`${call} \\`, ...texts.map((text, at) => `    ${text}${at < texts.length - 1 ? " \\" : ""}`)];
}

function fileLines({ path, content }: FileCommand): string[] {
    const file = shellWord(path);
    if (content === undefined) return [`rm -f ${file}`];
    return [
        `mkdir -p ${shellWord(path.slice(0, path.lastIndexOf("/")))}`,
        `cat > ${file} << 'EOF'`,
        ...content.split("\n"),
        "EOF",
    ];
}

/** Whether one call of sysctl does for both. */
const isAlike = (a: Command | undefined, b: Command): boolean =>
    a?.kind === "setting" &&
    b.kind === "setting" &&
    a.place === b.place &&
    a.path.startsWith("-") === b.path.startsWith("-");

/** Commands that have their lines in common. */
function together(commands: readonly Command[]): Command[][] {
    const groups: Command[][] = [];
    for (const command of commands) {
        const last = groups.at(-1);
        if (last && isAlike(last[0], command)) last.push(command);
        else groups.push([command]);
    }
    return groups;
}

/** Commands of one machine as the lines of a shell script that root runs there. */
export function scriptLines(commands: readonly Command[]): string[] {
    return together(commands).flatMap((group) => {
        const [first] = group;
        switch (first?.kind) {
            case "ip":
                return [ipLine(first)];
            case "setting":
                return settingLines(group.filter((one) => one.kind === "setting"));
            case "file":
                return fileLines(first);
            case "tool":
                return first.typed ?? [typedAt(withinMachine(first.place), words(first.argv))];
            default:
                return [];
        }
    });
}
