/** Builds dist/ where a source is newer; false where the build failed. */
export function buildIfNeeded(): Promise<boolean>;
