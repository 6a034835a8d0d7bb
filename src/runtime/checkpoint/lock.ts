/** One run a folder: a file with the owner's process number, ignored once that process is gone. */
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { EbmcError, report } from '../../diagnostics/index.js';
import { makeFolder, writeError } from '../files/index.js';

interface Owner {
  readonly pid: number;
  readonly host: string;
  /** When the process started, where the system tells: numbers of processes are used again. */
  readonly started: string | undefined;
}

/** Takes the folder, creating it if need be. Call what it returns to give the folder back. */
export function lockFolder(folder: string): () => void {
  const path = join(folder, 'lock');
  const own: Owner = { pid: process.pid, host: hostname(), started: startOf(process.pid) };
  const text = JSON.stringify(own);
  try {
    makeFolder(folder);
    // A few attempts: between finding a stale lock and removing it, another process may take the folder.
    for (let attempt = 0; !create(path, text); attempt++) {
      const found = readOwner(path);
      if (found && (isAlive(found) || attempt > 3))
        throw new EbmcError([report('EBM5008', { path: folder, pid: found.pid })]);
      // Renaming, not removing: only one of several processes can move the stale file away.
      renameSync(path, `${path}.stale-${process.pid}`);
      rmSync(`${path}.stale-${process.pid}`, { force: true });
    }
  } catch (error) {
    throw writeError(path, error);
  }
  return () => {
    if (readOwner(path)?.pid === process.pid) rmSync(path, { force: true });
  };
}

function create(path: string, text: string): boolean {
  try {
    writeFileSync(path, text, { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

function readOwner(path: string): Owner | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Owner;
  } catch {
    return undefined;
  }
}

function isAlive({ pid, host, started }: Owner): boolean {
  if (host !== hostname()) return true;
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  const now = startOf(pid);
  return started === undefined || now === undefined || started === now;
}

/** Field 22 of /proc/PID/stat, counted after the name, which may contain spaces. */
function startOf(pid: number): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ')[19];
  } catch {
    return undefined;
  }
}
