
export const collapseCodes = {};
