
export const dataCodes = {};
