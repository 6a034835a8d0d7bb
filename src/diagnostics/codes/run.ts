
export const runCodes = {};
