/** One row of the table of commands: how it is spelled and what it does. */
import type { Command } from 'commander';
import type { Output } from './output.js';
import type { Status } from './statuses.js';

export interface CommandEntry {
  readonly name: string;
  readonly summary: string;
  /** Whole command lines, each with what it does. */
  readonly examples: readonly (readonly [line: string, meaning: string])[];
  /** Adds the arguments and options; `run` is called with what commander parsed. */
  define(command: Command): void;
  run(call: CommandCall): Promise<Status>;
}

export interface CommandCall {
  readonly args: readonly string[];
  readonly options: OptionValues;
  readonly output: Output;
}

/** The parsed options, read by type. */
export class OptionValues {
  constructor(private readonly values: Readonly<Record<string, unknown>>) {}

  flag(name: string): boolean {
    return this.values[name] === true;
  }

  text(name: string): string | undefined {
    const value = this.values[name];
    return typeof value === 'string' ? value : undefined;
  }

  number(name: string): number | undefined {
    const value = this.values[name];
    return typeof value === 'number' ? value : undefined;
  }

  list(name: string): readonly string[] {
    const value = this.values[name];
    return Array.isArray(value) ? value.map(String) : [];
  }
}
