/** One run in progress: takes steps, keeps the log, saves checkpoints, watches for collapse and for numbers gone wrong. */
import { EbmcError, report } from '../../diagnostics/index.js';
import { type Manifest, type StageRecord, saveCheckpoint } from '../checkpoint/index.js';
import { type Dataset, type NumberedBatch, remembering } from '../data/index.js';
import { beginPeriods, beginsPeriods } from './begin-periods.js';
import { explainMemory, firstNonFinite, firstNonFiniteState, type NonFinite, wasSkipped } from './failures.js';
import { type Gauges, measureGauges, probeIndices } from './gauges.js';
import type { MetricsLog } from './metrics-log.js';
import type { TrainOptions } from './options.js';
import { type Plan, placeOf, type Stage } from './plan.js';
import { SpeedMeter } from './progress.js';
import { findFirstNonFinite } from './replay.js';
import { savedSettings } from './requirements.js';
import { rateAt } from './schedule.js';
import { traced } from './trace.js';
import { Watches, type WatchRecords } from './watches.js';

export class TrainingRun {
  loss: number | undefined;
  gauges: Gauges | undefined;
  private savedStep: number | undefined;
  private lastFlush = 0;
  private readonly speed: SpeedMeter;
  private readonly watches: Watches;
  /** The stages, those that are finished with the checkpoints at their ends. */
  private stages: readonly StageRecord[];
  private probe: { readonly stage: Stage; readonly dataset: Dataset; readonly indices: Uint32Array } | undefined;

  constructor(
    private readonly options: TrainOptions,
    private readonly plan: Plan,
    private readonly log: MetricsLog,
    saved: Manifest | undefined,
  ) {
    this.savedStep = saved && saved.step > 0 ? saved.step : undefined;
    this.speed = new SpeedMeter(options.model.batch);
    this.watches = new Watches(options, plan, saved?.watches as Partial<WatchRecords> | undefined);
    this.stages =
      saved?.order.stages ??
      plan.stages.map(({ dataset, split }) => ({ dataset: dataset.name, split, examples: dataset.size(split) }));
  }

  async step({ step, epoch, data }: NumberedBatch): Promise<void> {
    const { model, settings, trace } = this.options;
    const { steps } = this.plan;
    const place = placeOf(this.plan, step);
    const { stage } = place;
    const rate = this.rateAt(step);
    if (beginsPeriods(model, this.plan, step))
      await traced(trace, 'step', `before step ${step + 1}`, () =>
        this.guarded(() => beginPeriods(model, this.plan, settings.seed, step)),
      );
    const metrics = await traced(trace, 'step', `step ${step + 1}`, () => this.guarded(() => model.step(data, rate)));
    const taken = step + 1;
    const isSkipped = wasSkipped(metrics);
    const wrong = isSkipped ? undefined : firstNonFinite(metrics);
    if (wrong) throw await this.nonFinite(taken, wrong);
    const { loss = Number.NaN, ...others } = metrics;
    if (Number.isFinite(loss)) this.loss = loss;
    if (!isSkipped) this.watches.add(loss, others);
    this.speed.tick();
    const { stepsPerEpoch } = stage;
    const endsEpoch = (taken - stage.firstStep) % stepsPerEpoch === 0;
    const endsStage = taken === stage.firstStep + stage.steps;
    const gaugesEvery = this.options.gaugesEvery ?? Math.min(50, stepsPerEpoch);
    const measured = taken % gaugesEvery === 0 || endsEpoch || endsStage;
    if (measured) await this.measure(taken);
    if (endsEpoch) for (const found of this.watches.epochEnded(taken, taken === steps)) this.options.warn(found);
    const examplesPerSecond = this.speed.examplesPerSecond;
    const gauges = measured ? this.gauges : undefined;
    this.log.add({ step: taken, epoch: epoch + 1, rate, loss, metrics: others, gauges, examplesPerSecond });
    await this.flushOften();
    this.showProgress(taken, epoch, rate, others);
    const checkpointEvery = this.options.checkpointEvery ?? Math.min(500, stepsPerEpoch);
    if (taken % checkpointEvery === 0 || (endsStage && taken < steps)) await this.save(taken);
    this.speed.skip();
  }

  async measure(step: number): Promise<void> {
    const { model, warn } = this.options;
    this.gauges = await traced(this.options.trace, 'gauges', `gauges after step ${step}`, () =>
      this.guarded(() => {
        const { stage, dataset, indices } = this.probed(Math.max(0, step - 1));
        return measureGauges(model, dataset, stage.split, indices);
      }),
    );
    for (const found of this.watches.measured(step, this.gauges)) warn(found);
  }

  /** The examples that the gauges are measured on: of the data of the step's stage. */
  private probed(step: number) {
    const { stage } = placeOf(this.plan, step);
    if (this.probe?.stage !== stage) {
      const { model, settings } = this.options;
      const indices = probeIndices(stage.dataset, stage.split, model.batch, settings.seed);
      this.probe = { stage, dataset: remembering(stage.dataset), indices };
    }
    return this.probe;
  }

  /** Saves the states after `step` steps, unless they are saved already or not worth keeping. */
  async save(step: number): Promise<void> {
    if (this.savedStep === step) return;
    await traced(this.options.trace, 'checkpoint', `checkpoint of step ${step}`, () => this.saveNow(step));
  }

  private async saveNow(step: number): Promise<void> {
    const { model, settings, runFolder, programHash, versions = {} } = this.options;
    // Of the step before: a checkpoint between two stages is the end of the first.
    const { number, stage } = placeOf(this.plan, Math.max(0, step - 1));
    const { dataset, split, stepsPerEpoch } = stage;
    const taken = step - stage.firstStep;
    const endOf = taken === stage.steps ? number : undefined;
    const states = await model.read();
    const wrong = firstNonFiniteState(states);
    if (wrong) throw await this.nonFinite(step, wrong);
    await this.log.flush();
    const about = {
      model: settings.model,
      program: programHash,
      seed: settings.seed,
      step,
      batch: model.batch,
      order: {
        dataset: dataset.name,
        split,
        examples: dataset.size(split),
        epoch: stage.firstEpoch + Math.floor(taken / stepsPerEpoch),
        stepOfEpoch: taken % stepsPerEpoch,
        ...(this.stages.length > 1 ? { stages: this.stages } : {}),
      },
      settings: savedSettings(settings),
      watches: { ...this.watches.records },
      versions: { node: process.version, ...versions },
    };
    const { order } = await saveCheckpoint(runFolder, states, about, endOf);
    this.stages = order.stages ?? this.stages;
    this.savedStep = step;
  }

  /** Each stage has the schedule from its beginning to its end. */
  private rateAt(step: number): number {
    const { optimizer, schedule } = this.options.settings;
    const { stage } = placeOf(this.plan, step);
    return rateAt(schedule, optimizer.settings['rate'] ?? 0, step - stage.firstStep, stage);
  }

  private async nonFinite(step: number, { metric, value }: NonFinite): Promise<EbmcError> {
    const { plan, options, savedStep } = this;
    await this.log.flush();
    const operation = await findFirstNonFinite(options, plan, step - 1, savedStep, (at) => this.rateAt(at));
    return new EbmcError([
      report('EBM5001', {
        metric,
        value: String(value),
        step,
        operation,
        kept: savedStep,
        precision: options.settings.precision,
      }),
    ]);
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
      epochs: Math.ceil(settings.epochs) * this.plan.stages.length,
      loss: this.loss ?? Number.NaN,
      terms: Object.fromEntries(terms),
      rate,
      examplesPerSecond: this.speed.examplesPerSecond,
      secondsLeft: this.speed.secondsFor(this.plan.steps - step),
      gauges: this.gauges,
    });
  }
}
