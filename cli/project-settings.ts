import { basename } from "node:path";

/** What Pulumi takes for a project's name: it goes into paths and into the names of resources. */
export const isProjectName = (name: string): boolean => /^[A-Za-z0-9][A-Za-z0-9_.-]{0,99}$/.test(name);

/** A project's name made of its folder's. */
export const projectNameOf = (folder: string): string =>
    basename(folder)
        .replace(/[^A-Za-z0-9_.-]+/g, "-")
        .replace(/^[-_.]+|[-_.]+$/g, "")
        .slice(0, 100) || "network";

/** What Pulumi.yaml says: without `main` Pulumi may find an empty program, and without `refresh` up does not look at the machine first. */
export const projectSettings = (name: string, description?: string): string => `name: ${name}
${description === undefined ? "" : `description: ${JSON.stringify(description)}\n`}runtime: nodejs
main: index.ts
backend:
  url: file://./.state
options:
  refresh: always
`;
