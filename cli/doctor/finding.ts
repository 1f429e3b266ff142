/** What one check has come to. */
export interface Finding {
    /** What was looked at: `iproute2`. */
    readonly check: string;
    /** Without what is missing nothing works; a warning is of what some labs need, or trip over. */
    readonly status: "ok" | "warning" | "missing";
    readonly found: string;
    /** What to do, as a command where there is one. */
    readonly remedy?: string;
}

export const ok = (check: string, found: string): Finding => ({ check, status: "ok", found });
export const warning = (check: string, found: string, remedy: string): Finding => ({
    check,
    status: "warning",
    found,
    remedy,
});
export const missing = (check: string, found: string, remedy: string): Finding => ({
    check,
    status: "missing",
    found,
    remedy,
});
