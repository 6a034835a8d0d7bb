
export const backendCodes = {};
