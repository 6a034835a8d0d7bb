/** What an export says about itself, for people and for programs. */
import type { About, ValueAbout } from './subject.js';

export function showValue({ name, dtype, shape, declared, range }: ValueAbout): string {
  return `${name}: ${dtype} [${shape.join(', ')}], ${declared === undefined ? '' : `${declared}: `}${range}`;
}

/** As strings by name: what safetensors and ONNX have room for. */
export function metadataOf(about: About): Record<string, string> {
  return {
    ...{ model: about.model, step: String(about.step), producer: `ebmc ${about.version}` },
    ...{ inputs: JSON.stringify(about.inputs), outputs: JSON.stringify([about.output]) },
  };
}

export function describeInOneLine({ model, step, version }: About): string {
  return `The representation of ${model}, trained for ${step} steps, exported by ebmc ${version}.`;
}

/** README.md beside the files of a folder. `use` is a program that calls it. */
export function readmeOf(about: About, language: string, use: string): string {
  const rows = [...about.inputs.map((input) => ['input', input] as const), ['output', about.output] as const];
  return `# ${about.model}

${describeInOneLine(about)} It is in evaluation mode: batch normalisation uses its moving averages, nothing is drawn.

| | name | type | values |
| --- | --- | --- | --- |
${rows.map(([what, v]) => `| ${what} | \`${v.name}\` | ${v.dtype} \`[${v.shape.join(', ')}]\` | ${v.declared === undefined ? '' : `\`${v.declared}\`, `}${v.range} |`).join('\n')}

${about.output.shape[0] === 'batch' ? '`batch` is any number of examples.' : `Every call takes ${about.output.shape[0]} examples.`}

\`\`\`${language}
${use.trim()}
\`\`\`
`;
}
