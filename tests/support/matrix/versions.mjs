/**
 * An iproute2 as Debian has it: sources that are built here, or a package whose programs run on Debian 12 as they are. A file goes
 * from the archive when no release of Debian has it any more; then it needs a successor here.
 *
 * @typedef {{ version: string, says: string, from: string, path: string, sha256: string }} Iproute
 */

const folder = "pool/main/i/iproute2";

/** @type {readonly Iproute[]} */
export const versions = [
    {
        version: "5.10.0",
        // Its authors released it with the number of the one before.
        says: "5.9.0",
        from: "built from Debian 11's source",
        path: `${folder}/iproute2_5.10.0.orig.tar.xz`,
        sha256: "1508c9476a5b087d26f094e031a2d4fda184783a630f09596e0a6c1f978cee96",
    },
    {
        version: "6.1.0",
        says: "6.1.0",
        from: "built from Debian 12's source",
        path: `${folder}/iproute2_6.1.0.orig.tar.xz`,
        sha256: "5ce12a0fec6b212725ef218735941b2dab76244db7e72646a76021b0537b43ab",
    },
    {
        version: "6.15.0",
        says: "6.15.0",
        from: "Debian 13's, as its package for Debian 12",
        path: `${folder}/iproute2_6.15.0-1~bpo12+1_amd64.deb`,
        sha256: "270e82b98798adab0832eb23f96b697f3d9f9a72256b9d545041f276d7e3c9e8",
    },
    {
        version: "7.2.0",
        says: "7.2.0",
        from: "built from Debian testing's source",
        path: `${folder}/iproute2_7.2.0.orig.tar.xz`,
        sha256: "4c2fa124c2cf0afd7ca34d1eeacba6ba048a56f6374e2aab93dafbdbd4eea9c0",
    },
];
