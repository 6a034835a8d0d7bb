import { accessSync, constants, existsSync } from 'node:fs';
import { availableParallelism, totalmem } from 'node:os';
import { join } from 'node:path';
import { backends, missingTools, tryBackend, vectorInstructions } from '../../runtime/backends/index.js';
import { standardFolder } from '../../runtime/library.js';
import type { CommandCall } from '../command.js';
import type { Output } from '../output.js';
import type { Status } from '../statuses.js';
import { statuses } from '../statuses.js';
import { formatTable } from '../table.js';
import { packageVersion } from '../version.js';

export async function runDoctor({ output }: CommandCall): Promise<Status> {
  const machine = [findNode(), findMachine(), findStandardLibrary(), findWriteAccess()];
  const found: Finding[] = [];
  for (const { name } of backends) found.push(await findBackend(name));
  const auto = found.find(({ state }) => state === 'works')?.name;
  const ok = auto !== undefined && [...machine, ...found].every(({ state }) => state !== 'fails');
  output.document({ ok, version: packageVersion(), machine, backends: found, auto: auto ?? null });
  output.line(`ebmc ${packageVersion()}\n`);
  output.line(
    formatTable(
      output,
      ['', '', ''],
      [...machine, ...found].map((finding) => row(finding, output)),
    ),
  );
  output.line(auto === undefined ? '\nno backend works' : `\n--backend auto takes ${output.paint.bold(auto)}`);
  return ok ? statuses.ok : statuses.mistake;
}

interface Finding {
  readonly name: string;
  readonly state: 'works' | 'missing' | 'fails';
  readonly detail: string;
  /** The one command that brings or repairs it. */
  readonly remedy?: string;
}

function row({ name, state, detail, remedy }: Finding, output: Output): string[] {
  const { green, red, dim } = output.paint;
  const mark = { works: green('ok'), missing: dim('-'), fails: red('FAILS') }[state];
  return [mark, name, remedy === undefined ? detail : `${detail}; run: ${remedy}`];
}

async function findBackend(name: (typeof backends)[number]['name']): Promise<Finding> {
  const backend = backends.find((candidate) => candidate.name === name)!;
  const presence = await backend.probe();
  if (presence.state === 'missing') {
    const tools = name === 'tensorflow' ? await missingTools() : [];
    const detail = [presence.detail, ...tools.map(({ message }) => message)].join('; ');
    const remedy = tools[0]?.remedy ?? presence.remedy;
    return {
      name,
      state: 'missing',
      detail: `${backend.title}: ${detail}`,
      ...(remedy === undefined ? {} : { remedy }),
    };
  }
  const trial = await tryBackend(name);
  if (trial.works) {
    const place = name === 'tensorflow' ? `, on ${trial.gpu ? 'a GPU' : 'processors'}` : '';
    return { name, state: 'works', detail: `${backend.title}: ${presence.detail}${place}` };
  }
  const why = presence.state === 'damaged' ? presence.detail : `${presence.detail}: ${trial.why}`;
  const remedy = presence.remedy ?? (name === 'tensorflow' ? 'ebmc setup --force' : 'npm ci');
  return { name, state: 'fails', detail: why, remedy };
}

function findNode(): Finding {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const recent = major > 20 || (major === 20 && minor >= 9);
  const detail = `${process.version} on ${process.platform} ${process.arch}${recent ? '' : ' (20.9 or later is needed)'}`;
  return { name: 'Node', state: recent ? 'works' : 'fails', detail };
}

function findMachine(): Finding {
  const cores = availableParallelism();
  const vectors = vectorInstructions();
  const gigabytes = (totalmem() / 2 ** 30).toFixed(0);
  return {
    name: 'machine',
    state: 'works',
    detail: `${cores} core${cores === 1 ? '' : 's'}${vectors === undefined ? '' : ` (${vectors.name})`}, ${gigabytes} GiB of memory`,
  };
}

function findStandardLibrary(): Finding {
  const there = existsSync(join(standardFolder, 'energies.ebm'));
  const detail = there ? standardFolder : `not in ${standardFolder}`;
  return { name: 'std', state: there ? 'works' : 'fails', detail };
}

function findWriteAccess(): Finding {
  const folder = process.cwd();
  try {
    accessSync(folder, constants.W_OK);
    return { name: 'output', state: 'works', detail: `runs are written to ${join(folder, 'runs')}` };
  } catch {
    return { name: 'output', state: 'fails', detail: `${folder} cannot be written: use --out, or another folder` };
  }
}
