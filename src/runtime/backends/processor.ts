import { readFileSync } from 'node:fs';

/** What a processor multiplies with, the best first: as Linux names it, as people do, and whether bfloat16 is multiplied. */
const instructions = [
  { flag: 'amx_bf16', name: 'AMX with bfloat16', narrow: true },
  { flag: 'avx512_bf16', name: 'AVX-512 with bfloat16', narrow: true },
  // Of arm64.
  { flag: 'bf16', name: 'NEON with bfloat16', narrow: true },
  { flag: 'avx512f', name: 'AVX-512', narrow: false },
  { flag: 'avx2', name: 'AVX2', narrow: false },
  { flag: 'asimd', name: 'NEON', narrow: false },
] as const;

export interface VectorInstructions {
  readonly name: string;
  /** Whether products of bfloat16 numbers are faster than those of float32. */
  readonly narrow: boolean;
}

/** Undefined where the system does not say, which only Linux does. */
export function vectorInstructions(cpuinfo = readCpuinfo()): VectorInstructions | undefined {
  const line = cpuinfo.split('\n').find((text) => /^(flags|Features)\s*:/.test(text));
  const flags = new Set(line?.split(/\s+/));
  return instructions.find(({ flag }) => flags.has(flag));
}

function readCpuinfo(): string {
  try {
    return readFileSync('/proc/cpuinfo', 'utf8');
  } catch {
    return '';
  }
}
