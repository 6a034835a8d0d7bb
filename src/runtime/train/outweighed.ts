/** Notices a term that would keep examples apart and gets no lower, while the others fall: they have more weight than it. */
import { type Diagnostic, report } from '../../diagnostics/index.js';

type Terms = Readonly<Record<string, number>>;

/** Least fall of the other terms, as a share, that counts as theirs; how near a plateau is, as a share. */
const fall = 0.1;
const near = 0.1;
/** Steps whose mean is where a run starts, and the share of one step in where it is. */
const startSteps = 10;
const share = 0.1;
/** Epochs, one after the other, at whose ends a term must be found so; fewer at the end of a run. */
const patience = 2;

export interface OutweighedRecord {
  steps: number;
  readonly start: Record<string, number>;
  readonly recent: Record<string, number>;
  readonly lostFor: Record<string, number>;
  isDone: boolean;
}

export class OutweighedWatch {
  private known: { readonly plateaus: Terms | undefined; readonly apart: readonly string[] } | undefined;

  /**
   * `plateaus`: each term's value at a constant representation. `apart`: the terms that are lower where examples differ. Both are asked for once, when
   * some terms fall and others do not.
   */
  constructor(
    private readonly plateaus: (() => Terms | undefined) | undefined,
    private readonly apart: (() => readonly string[]) | undefined,
    readonly record: OutweighedRecord = { steps: 0, start: {}, recent: {}, lostFor: {}, isDone: false },
  ) {}

  add(metrics: Terms): void {
    this.record.steps++;
    for (const [metric, value] of Object.entries(metrics)) {
      if (!metric.startsWith('term.')) continue;
      const name = metric.slice('term.'.length);
      if (this.record.steps <= startSteps)
        this.record.start[name] = (this.record.start[name] ?? 0) + value / startSteps;
      this.record.recent[name] = (1 - share) * (this.record.recent[name] ?? value) + share * value;
    }
  }

  /** At the end of an epoch; at most one warning a run. */
  check(step: number, isLast: boolean): Diagnostic | undefined {
    const names = Object.keys(this.record.recent);
    if (this.record.isDone || !this.plateaus || !this.apart || names.length < 2 || this.record.steps < 2 * startSteps)
      return undefined;
    const losing = names.filter(
      (name) => this.othersFall(name) && this.fallOf(name) <= fall * Math.abs(this.record.start[name]!),
    );
    if (losing.length === 0) return undefined;
    this.known ??= { plateaus: this.plateaus(), apart: this.apart() };
    const { plateaus, apart } = this.known;
    for (const name of names) {
      const plateau = plateaus?.[name];
      if (plateau === undefined || !losing.includes(name) || !apart.includes(name) || !this.isNoBetter(name, plateau)) {
        this.record.lostFor[name] = 0;
        continue;
      }
      this.record.lostFor[name] = (this.record.lostFor[name] ?? 0) + 1;
      if (this.record.lostFor[name]! < patience && !isLast) continue;
      this.record.isDone = true;
      const others = [this.othersOf(this.record.start, name), this.othersOf(this.record.recent, name)] as const;
      return report('EBM5021', {
        step,
        term: name,
        own: [this.record.start[name]!, this.record.recent[name]!],
        plateau,
        others,
      });
    }
    return undefined;
  }

  /** Next to no better than with the same output for every example. A term that has only risen may have found its balance: variance does in a healthy run. */
  private isNoBetter(name: string, plateau: number): boolean {
    return this.record.recent[name]! >= plateau - near * Math.abs(plateau);
  }

  private fallOf(name: string): number {
    return this.record.start[name]! - this.record.recent[name]!;
  }

  private othersFall(name: string): boolean {
    const before = this.othersOf(this.record.start, name);
    return before - this.othersOf(this.record.recent, name) > fall * Math.abs(before);
  }

  private othersOf(values: Terms, name: string): number {
    return Object.entries(values).reduce((sum, [other, value]) => (other === name ? sum : sum + value), 0);
  }
}
