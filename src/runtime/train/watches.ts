/** All that is watched for while training. What they have seen is kept with each checkpoint, so that a resumed run is told the same after the same step. */
import type { Diagnostic } from '../../diagnostics/index.js';
import { type ArrivalRecord, ArrivalWatch } from './arrival.js';
import { type CollapseRecord, CollapseWatch } from './collapse-watch.js';
import type { Gauges } from './gauges.js';
import type { TrainOptions } from './options.js';
import { type OutweighedRecord, OutweighedWatch } from './outweighed.js';
import type { Plan } from './plan.js';
import { type PlateauRecord, PlateauWatch } from './plateau.js';

/** Plain data. */
export interface WatchRecords {
  readonly plateau: PlateauRecord;
  readonly outweighed: OutweighedRecord;
  readonly arrival: ArrivalRecord;
  readonly collapse: CollapseRecord;
}

export class Watches {
  private readonly plateau: PlateauWatch;
  private readonly outweighed: OutweighedWatch;
  private readonly arrival: ArrivalWatch;
  private readonly collapse: CollapseWatch;

  /** @param seen What a run before this one has seen; checkpoints of older versions have none of it. */
  constructor({ plateaus, apart, reason, reported }: TrainOptions, plan: Plan, seen: Partial<WatchRecords> = {}) {
    this.plateau = new PlateauWatch(plateaus, seen.plateau);
    this.outweighed = new OutweighedWatch(plateaus, apart, seen.outweighed);
    this.arrival = new ArrivalWatch(plateaus, reason, reported, seen.arrival);
    this.collapse = new CollapseWatch(reason, reported, { ...plan.stages[0]!, steps: plan.steps }, seen.collapse);
  }

  get records(): WatchRecords {
    const { plateau, outweighed, arrival, collapse } = this;
    return {
      plateau: plateau.record,
      outweighed: outweighed.record,
      arrival: arrival.record,
      collapse: collapse.record,
    };
  }

  /** After a step. */
  add(loss: number, others: Readonly<Record<string, number>>): void {
    this.plateau.add(others);
    this.outweighed.add(others);
    this.arrival.add(loss, others);
  }

  /** After the gauges were measured. */
  measured(step: number, gauges: Gauges): readonly Diagnostic[] {
    return [this.plateau.check(step), this.collapse.check(step, gauges), this.arrival.check(step)].flatMap(
      (found) => found ?? [],
    );
  }

  /** At the end of an epoch. */
  epochEnded(step: number, isLast: boolean): readonly Diagnostic[] {
    return [this.outweighed.check(step, isLast) ?? []].flat();
  }
}
