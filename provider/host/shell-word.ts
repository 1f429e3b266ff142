/** What no shell reads as anything but itself. */
const PLAIN = /^[A-Za-z0-9_.:/@%+=,-]+$/;

/** A text as one word of a shell's command line. */
export const shellWord = (text: string): string => (PLAIN.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`);
