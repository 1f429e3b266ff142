import type { Command } from "commander";
import { type Place, placeParts } from "../model/place.js";
import { ending, examples } from "./action.js";
import { painter } from "./colour.js";
import { type Deployed, type DeployedResource, placesOfResource, readDeployed, telling } from "./deployed.js";
import { accountOf, type Findings, isDrift, type PlaceAccount } from "./inspect/account.js";
import { driftLines, driftWords, placeLines } from "./inspect/words.js";
import { type StackOptions, withStackOptions } from "./options.js";

interface InspectOptions extends StackOptions {
    readonly json?: boolean;
    readonly exitCode?: boolean;
}

function asJson({ stack }: Deployed, places: readonly PlaceAccount[], findings: Findings): string {
    const drift = [...findings]
        .filter(([, { standing }]) => standing !== "as deployed")
        .map(([resource, finding]) => ({
            resource: resource.name,
            kind: resource.kind,
            standing: finding.standing,
            text: finding.why ?? driftWords(resource, finding),
            found: finding.found,
            deployed: resource.inputs,
        }));
    const all = places.map(({ place, name, ...rest }) => {
        const { machine, simulated, namespace } = placeParts(place);
        return { name, namespace, host: [machine, ...simulated].join("/"), ...rest };
    });
    return JSON.stringify({ project: stack.project, stack: stack.stack, places: all, drift }, undefined, 2);
}

/** A host's own namespace is shown where something of the lab is in it. */
const isOfLab = ({ place, devices, routes, resource }: PlaceAccount): boolean =>
    placeParts(place).namespace !== undefined || resource !== undefined || devices.length + routes.length > 0;

/** The lab as it stands on its machines now, and what of it is not as it was deployed. */
async function inspect(names: readonly string[], options: InspectOptions): Promise<number> {
    const lab = await readDeployed(options);
    return telling(async () => {
        const [{ compare }, { view }] = await Promise.all([
            import("../provider/drift.js"),
            import("../provider/view.js"),
        ]);
        const isAsked = (place: Place): boolean => names.length === 0 || asked.includes(place);
        const asked = names.map((name) => lab.place(name));
        const places = names.length === 0 ? lab.places : asked;
        const concerned = (resource: DeployedResource): boolean => placesOfResource(resource).some(isAsked);
        const [findings, views] = await Promise.all([
            compare(lab.resources.filter(concerned)),
            Promise.all(places.map(view)),
        ]);
        const accounts = views
            .map((one) => accountOf(lab, findings, one))
            .filter((one) => names.length > 0 || isOfLab(one));
        if (options.json) console.log(asJson(lab, accounts, findings));
        else {
            const paint = painter(process.stdout);
            console.log([...placeLines(accounts, paint), "", ...driftLines(findings, paint)].join("\n"));
        }
        const standings = [...findings.values()].map(({ standing }) => standing);
        if (standings.includes("unseen") || accounts.some(({ problem }) => problem !== undefined)) return 1;
        return options.exitCode && standings.some(isDrift) ? 1 : 0;
    });
}

export const addInspect = (program: Command): Command =>
    withStackOptions(program.command("inspect"))
        .description("show the deployed lab as it stands: devices, addresses, routes, and what has drifted")
        .argument("[places...]", "only these namespaces or hosts, by the program's names or their own")
        .option("--json", "for programs")
        .option("--exit-code", "end with 1 if something has drifted")
        .action(ending(inspect))
        .addHelpText(
            "after",
            examples(
                ["linuxnet inspect", "all of it; what has drifted is marked by !, and told at the end"],
                ["linuxnet inspect ns1 ns2", "only what is in these"],
                ["linuxnet inspect --json | jq .drift", "what somebody has changed by hand"],
                ["linuxnet inspect --exit-code >/dev/null", "whether somebody has"],
            ),
        )
        .addHelpText("after", "\nDrift is what differs from the stack's state: from the last up or refresh.");
