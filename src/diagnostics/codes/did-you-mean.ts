/** The help that names what was probably meant. */
export const didYouMean = (suggestion: string | undefined): string[] =>
  suggestion ? [`did you mean \`${suggestion}\`?`] : [];
