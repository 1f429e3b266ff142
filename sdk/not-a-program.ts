import * as pulumi from "@pulumi/pulumi";

/**
 * Without `main` in Pulumi.yaml, Pulumi takes the package of the first package.json on the way up for the program. If that
 * is this one, it would declare nothing, and `up` would take the whole lab away and report success.
 */
export function refuseToBeTheProgram(loader: string | undefined): void {
    if (!loader || !/[\\/]@pulumi[\\/]pulumi[\\/]cmd[\\/]run/.test(loader)) return;
    throw new pulumi.RunError(
        "Pulumi.yaml names no program, so the package pulumi-linuxnet itself was taken for it.\n" +
            'Nothing was changed. Add the program\'s file to Pulumi.yaml, such as "main: index.ts", and run again.',
    );
}
