
export const checkCodes = {};
