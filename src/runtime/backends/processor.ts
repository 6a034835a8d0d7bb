import { readFileSync } from 'node:fs';
import type { NarrowType } from '../../compiler/graph/ops/narrow.js';

interface Instructions {
  readonly flag: string;
  readonly name: string;
  /** The numbers of 16 bits that they multiply. */
  readonly narrow?: NarrowType;
}

/** What a processor multiplies with, the best first: as Linux names it, and as people do. */
const instructions: readonly Instructions[] = [
  { flag: 'amx_bf16', name: 'AMX with bfloat16', narrow: 'bfloat16' },
  { flag: 'avx512_bf16', name: 'AVX-512 with bfloat16', narrow: 'bfloat16' },
  { flag: 'avx512_fp16', name: 'AVX-512 with float16', narrow: 'float16' },
  // Of arm64.
  { flag: 'bf16', name: 'NEON with bfloat16', narrow: 'bfloat16' },
  { flag: 'avx512f', name: 'AVX-512' },
  { flag: 'avx2', name: 'AVX2' },
  { flag: 'asimd', name: 'NEON' },
];

export interface VectorInstructions {
  readonly name: string;
  /** The types whose products are faster than those of float32. */
  readonly narrow: ReadonlySet<NarrowType>;
}

/** Undefined where the system does not say, which only Linux does. */
export function vectorInstructions(cpuinfo = readCpuinfo()): VectorInstructions | undefined {
  const line = cpuinfo.split('\n').find((text) => /^(flags|Features)\s*:/.test(text));
  const flags = new Set(line?.split(/\s+/));
  const found = instructions.filter(({ flag }) => flags.has(flag));
  const [best] = found;
  return best && { name: best.name, narrow: new Set(found.flatMap(({ narrow }) => narrow ?? [])) };
}

function readCpuinfo(): string {
  try {
    return readFileSync('/proc/cpuinfo', 'utf8');
  } catch {
    return '';
  }
}
