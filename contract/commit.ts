/** A full SHA only: an abbreviated one may become that of several commits, and be mistaken for a branch or an option. */
export const fullCommit = /^[0-9a-f]{40}$/;

/** A commit's first seven digits, as git and the code host show it. */
export const shortCommit = (sha: string): string => sha.slice(0, 7);
