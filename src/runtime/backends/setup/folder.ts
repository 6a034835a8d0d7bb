/** The folder that setup builds in, and its exchange with the one in use. */
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statfsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { EbmcError, report } from '../../../diagnostics/index.js';
import { makeFolder } from '../../files/index.js';
import { inspectNative } from '../native-folder.js';

/** Makes an empty folder beside `target`, on the same disk so that it can be renamed to it. */
export function makeBuildFolder(target: string, neededMiB: number): string {
  const parent = dirname(target);
  const folder = `${target}.building-${process.pid}`;
  if (process.env['EBMC_NATIVE_DIR'] && holdsOtherFiles(target))
    throw refused(target, 'it holds files that setup did not put there');
  try {
    makeFolder(parent);
    removeLeftovers(target);
    mkdirSync(folder);
  } catch (error) {
    throw refused(parent, reasonOf(error));
  }
  const { bavail, bsize } = statfsSync(folder);
  const freeMiB = Math.floor((bavail * bsize) / 2 ** 20);
  if (freeMiB < neededMiB) {
    rmSync(folder, { recursive: true, force: true });
    throw new EbmcError([report('EBM6008', { folder: parent, neededMiB, freeMiB })]);
  }
  return folder;
}

/** Puts the finished build in the place of `target`. */
export function exchange(built: string, target: string): void {
  const old = `${target}.old-${process.pid}`;
  try {
    if (existsSync(target)) renameSync(target, old);
    renameSync(built, target);
  } catch (error) {
    // Another setup finished first: its build is as good as ours.
    if (inspectNative(target).state === 'ready') rmSync(built, { recursive: true, force: true });
    else throw refused(target, reasonOf(error));
  }
  rmSync(old, { recursive: true, force: true });
}

function holdsOtherFiles(target: string): boolean {
  return existsSync(target) && inspectNative(target).state === 'missing' && readdirSync(target).length > 0;
}

/** What a setup that was killed left behind. */
function removeLeftovers(target: string): void {
  const pattern = /\.(?:building|old)-(\d+)$/;
  for (const name of readdirSync(dirname(target))) {
    const pid = name.startsWith(basename(target)) ? pattern.exec(name)?.[1] : undefined;
    if (pid !== undefined && !isRunning(Number(pid)))
      rmSync(join(dirname(target), name), { recursive: true, force: true });
  }
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  const known: Readonly<Record<string, string>> = {
    EACCES: 'permission denied',
    EROFS: 'the disk is read-only',
    ENOSPC: 'the disk is full',
    ENOTDIR: 'a file is in the way',
    EEXIST: 'a file is in the way',
  };
  return known[code ?? ''] ?? message;
}

function refused(folder: string, why: string): EbmcError {
  return new EbmcError([report('EBM6009', { folder, why })]);
}
