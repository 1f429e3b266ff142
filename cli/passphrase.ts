import { createDecipheriv, pbkdf2Sync } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { load } from "js-yaml";
import type { Project } from "./project.js";

/** What the engine encrypts to know a passphrase again, and how: its sdk/go/common/resource/config/crypt.go. */
const KNOWN_TEXT = "pulumi";
const ROUNDS = 1_000_000;
const KEY_BYTES = 32;
const TAG_BYTES = 16;

/** `v1:SALT:v1:NONCE:TEXT`, as a stack's settings have it. */
const SALT = /^v1:([^:]+):v1:([^:]+):([^:]+)$/;

const bytes = (text = ""): Buffer => Buffer.from(text, "base64");

/** Whether a passphrase is the one of these settings. It is made to take long: half a second. */
export function isPassphrase(passphrase: string, encryptionSalt: string): boolean {
    const [, salt, nonce, text] = SALT.exec(encryptionSalt) ?? [];
    if (text === undefined) return false;
    const key = pbkdf2Sync(passphrase, bytes(salt), ROUNDS, KEY_BYTES, "sha256");
    const sealed = bytes(text);
    try {
        const decipher = createDecipheriv("aes-256-gcm", key, bytes(nonce));
        decipher.setAuthTag(sealed.subarray(-TAG_BYTES));
        const known = Buffer.concat([decipher.update(sealed.subarray(0, -TAG_BYTES)), decipher.final()]);
        return known.toString("utf8") === KNOWN_TEXT;
    } catch {
        return false;
    }
}

/** Whether the secrets of a stack have a passphrase that is not the empty one. */
function needsPassphrase({ settingsFolder }: Project, stack: string): boolean {
    const file = join(settingsFolder, `Pulumi.${stack}.yaml`);
    const salt: unknown = existsSync(file) ? Object(load(readFileSync(file, "utf8"))).encryptionsalt : undefined;
    return typeof salt === "string" && SALT.test(salt) && !isPassphrase("", salt);
}

/** Where nobody says one, the engine is told the empty one, and calls that incorrect where there is another. */
export const isPassphraseGiven = ({ PULUMI_CONFIG_PASSPHRASE, PULUMI_CONFIG_PASSPHRASE_FILE } = process.env): boolean =>
    PULUMI_CONFIG_PASSPHRASE !== undefined || PULUMI_CONFIG_PASSPHRASE_FILE !== undefined;

/** Tells whoever has said none, and may have failed for it, what he has to know. */
export function tellOfPassphrase(project: Project, stack: string): void {
    if (stack === "" || !needsPassphrase(project, stack)) return;
    console.error(
        `The secrets of ${stack} have a passphrase, and none was given: set PULUMI_CONFIG_PASSPHRASE, or ` +
            "PULUMI_CONFIG_PASSPHRASE_FILE to a file that holds it (docs/team.md).",
    );
}
