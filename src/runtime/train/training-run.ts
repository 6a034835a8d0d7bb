/** One run in progress: takes steps, keeps the log, saves checkpoints, watches for collapse and for numbers gone wrong. */
import { EbmcError, report } from '../../diagnostics/index.js';
import { saveCheckpoint } from '../checkpoint/index.js';
import { type Dataset, type NumberedBatch, remembering, type SplitName } from '../data/index.js';
import { CollapseWatch } from './collapse-watch.js';
import { explainMemory, firstNonFinite, firstNonFiniteState, type NonFinite } from './failures.js';
import { type Gauges, measureGauges, probeIndices } from './gauges.js';
import type { MetricsLog } from './metrics-log.js';
import type { TrainOptions } from './options.js';
import { PlateauWatch } from './plateau.js';
import { SpeedMeter } from './progress.js';
import { findFirstNonFinite } from './replay.js';
import { savedSettings } from './requirements.js';
import { rateAt } from './schedule.js';
import { traced } from './trace.js';

export interface Plan {
  readonly split: SplitName;
  readonly stepsPerEpoch: number;
  readonly steps: number;
}

export class TrainingRun {
  loss: number | undefined;
  gauges: Gauges | undefined;
  private savedStep: number | undefined;
  private lastFlush = 0;
  private readonly speed: SpeedMeter;
  private readonly probe: Uint32Array;
  private readonly plateau: PlateauWatch;
  private readonly collapse: CollapseWatch;
  private readonly probed: Dataset;

  constructor(
    private readonly options: TrainOptions,
    private readonly plan: Plan,
    private readonly log: MetricsLog,
    firstStep: number,
  ) {
    const { model, dataset, settings } = options;
    this.savedStep = firstStep > 0 ? firstStep : undefined;
    this.speed = new SpeedMeter(model.batch);
    this.probed = remembering(dataset);
    this.plateau = new PlateauWatch(options.plateaus);
    this.collapse = new CollapseWatch(options.reason, plan);
    this.probe = probeIndices(dataset, plan.split, model.batch, settings.seed);
  }

  async step({ step, epoch, data }: NumberedBatch): Promise<void> {
    const { model } = this.options;
    const { stepsPerEpoch, steps } = this.plan;
    const rate = this.rateAt(step);
    const { trace } = this.options;
    const metrics = await traced(trace, 'step', `step ${step + 1}`, () => this.guarded(() => model.step(data, rate)));
    const taken = step + 1;
    const wrong = firstNonFinite(metrics);
    if (wrong) throw await this.nonFinite(taken, wrong);
    const { loss = Number.NaN, ...others } = metrics;
    this.loss = loss;
    this.plateau.add(others);
    this.speed.tick();
    const gaugesEvery = this.options.gaugesEvery ?? Math.min(50, stepsPerEpoch);
    const measured = taken % gaugesEvery === 0 || taken % stepsPerEpoch === 0 || taken === steps;
    if (measured) await this.measure(taken);
    const examplesPerSecond = this.speed.examplesPerSecond;
    const gauges = measured ? this.gauges : undefined;
    this.log.add({ step: taken, epoch: epoch + 1, rate, loss, metrics: others, gauges, examplesPerSecond });
    await this.flushOften();
    this.showProgress(taken, epoch, rate, others);
    if (taken % (this.options.checkpointEvery ?? Math.min(500, stepsPerEpoch)) === 0) await this.save(taken);
    this.speed.skip();
  }

  async measure(step: number): Promise<void> {
    const { model, warn } = this.options;
    this.gauges = await traced(this.options.trace, 'gauges', `gauges after step ${step}`, () =>
      this.guarded(() => measureGauges(model, this.probed, this.plan.split, this.probe)),
    );
    const stuck = this.plateau.check(step);
    if (stuck) warn(stuck);
    const collapsing = this.collapse.check(step, this.gauges);
    if (collapsing) warn(collapsing);
  }

  /** Saves the states after `step` steps, unless they are saved already or not worth keeping. */
  async save(step: number): Promise<void> {
    if (this.savedStep === step) return;
    await traced(this.options.trace, 'checkpoint', `checkpoint of step ${step}`, () => this.saveNow(step));
  }

  private async saveNow(step: number): Promise<void> {
    const { model, dataset, settings, runFolder, programHash, versions = {} } = this.options;
    const { split, stepsPerEpoch } = this.plan;
    const states = await model.read();
    const wrong = firstNonFiniteState(states);
    if (wrong) throw await this.nonFinite(step, wrong);
    await this.log.flush();
    await saveCheckpoint(runFolder, states, {
      model: settings.model,
      program: programHash,
      seed: settings.seed,
      step,
      batch: model.batch,
      order: {
        dataset: dataset.name,
        split,
        examples: dataset.size(split),
        epoch: Math.floor(step / stepsPerEpoch),
        stepOfEpoch: step % stepsPerEpoch,
      },
      settings: savedSettings(settings),
      versions: { node: process.version, ...versions },
    });
    this.savedStep = step;
  }

  private rateAt(step: number): number {
    const { optimizer, schedule } = this.options.settings;
    return rateAt(schedule, optimizer.settings['rate'] ?? 0, step, this.plan);
  }

  private async nonFinite(step: number, { metric, value }: NonFinite): Promise<EbmcError> {
    const { plan, options, savedStep } = this;
    await this.log.flush();
    const operation = await findFirstNonFinite(options, plan, step - 1, savedStep, (at) => this.rateAt(at));
    return new EbmcError([report('EBM5001', { metric, value: String(value), step, operation, kept: savedStep })]);
  }

  private async guarded<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw explainMemory(error, this.options.model.batch, this.options.stepBytes);
    }
  }

  /** Once a second, so that a killed run has its lines. */
  private async flushOften(): Promise<void> {
    if (performance.now() - this.lastFlush < 1000) return;
    this.lastFlush = performance.now();
    await this.log.flush();
  }

  private showProgress(step: number, epoch: number, rate: number, metrics: Readonly<Record<string, number>>): void {
    const { onProgress, settings } = this.options;
    if (!onProgress) return;
    const terms = Object.entries(metrics).flatMap(([name, value]) =>
      name.startsWith('term.') ? [[name.slice('term.'.length), value] as const] : [],
    );
    onProgress({
      step,
      steps: this.plan.steps,
      epoch: epoch + 1,
      epochs: settings.epochs,
      loss: this.loss ?? Number.NaN,
      terms: Object.fromEntries(terms),
      rate,
      examplesPerSecond: this.speed.examplesPerSecond,
      secondsLeft: this.speed.secondsFor(this.plan.steps - step),
      gauges: this.gauges,
    });
  }
}
