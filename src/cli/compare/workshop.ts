/** What jobs of a comparison use in one process, made once for all of them: the checked program, its data, compiled models. */
import { dirname } from 'node:path';
import type { CompareDecl, CompetitorDecl, DatasetDecl, VariantDecl } from '../../compiler/declarations.js';
import {
  analyseCollapse,
  type CheckedFile,
  type CollapseAnalysis,
  checkFile,
  type StepSettings,
  type TypedModel,
  typeVariant,
} from '../../compiler/index.js';
import { type Diagnostic, EbmcError } from '../../diagnostics/index.js';
import { holdOut } from '../../runtime/compare/hold-out.js';
import type { Job } from '../../runtime/compare/job.js';
import { type Dataset, openingOnce } from '../../runtime/data/index.js';
import { append } from '../../runtime/data/select/append.js';
import { type Labels, readLabels } from '../../runtime/evaluate/index.js';
import { RecordedLibrary } from '../../runtime/run-record.js';
import { datasetOf, transfersOf } from '../choose.js';
import { loadProgram, type RunningProgram } from '../load-program.js';
import { Output } from '../output.js';
import type { WorkSetting } from './work-order.js';

export interface LabelledData {
  readonly dataset: Dataset;
  readonly labels: Labels | undefined;
}

/** What a job trains on, stage by stage, and what is measured. */
export interface JobData extends LabelledData {
  readonly stages: readonly [Dataset, ...Dataset[]];
}

/** What a job is about, as the program says. */
export interface JobSubject {
  readonly compare: CompareDecl;
  readonly competitor: CompetitorDecl;
  readonly variant: VariantDecl;
  readonly typed: TypedModel;
  /** Takes some seconds, once for all variants of the same key. */
  readonly analysis: () => CollapseAnalysis;
  /** The same for variants that have their model in common. */
  readonly key: string;
}

/** `part`: which model it is among those made of the subject's. */
export type LoadPart = (
  subject: JobSubject,
  part: string,
  typed: TypedModel,
  settings: StepSettings,
) => Promise<RunningProgram>;

const silent = new Output({ json: true, colour: false });

export class Workshop {
  private readonly library: RecordedLibrary;
  private readonly checked: CheckedFile;
  private readonly open: ReturnType<typeof openingOnce>;
  /** By the share that is held out. */
  private readonly transferred = new Map<number | undefined, Promise<readonly LabelledData[]>>();
  private readonly data = new Map<number | undefined, Promise<JobData>>();
  private latest: JobSubject | undefined;
  /** Of one model: those of two may not fit into memory together. */
  private readonly programs = new Map<string, Promise<RunningProgram>>();

  constructor(
    readonly setting: WorkSetting,
    readonly warn: (diagnostic: Diagnostic) => void,
  ) {
    const { file, strict } = setting;
    this.open = openingOnce({ baseDirectory: dirname(file), strict, warn });
    this.library = new RecordedLibrary(setting.modules);
    this.checked = checkFile(setting.source, this.library, { ...setting.options, analyses: false });
  }

  /** The competitor of a job; what was compiled for another model is dropped. */
  async begin(job: Job): Promise<JobSubject> {
    const { checked, library } = this;
    const { compare } = checked;
    const competitor = compare?.competitors[job.competitor];
    const variant = competitor?.variants[job.variant];
    if (!compare || !competitor || !variant) throw new EbmcError(checked.diagnostics);
    const key = JSON.stringify([job.competitor, variant.parameters, variant.train.batch]);
    if (this.latest?.key === key) return { ...this.latest, variant };
    const { model: typed, diagnostics } = typeVariant(checked.module, library, competitor, variant);
    if (!typed) throw new EbmcError(diagnostics);
    if (this.latest) await this.dropPrograms();
    let analysed: CollapseAnalysis | undefined;
    const analysis = (): CollapseAnalysis => {
      analysed ??= analyseCollapse(typed);
      return analysed;
    };
    this.latest = { compare, competitor, variant, typed, analysis, key };
    return this.latest;
  }

  /** The compared data with its labels; `validation`: a share of what each stage trains on stands in for what is measured. */
  dataFor({ compare, variant }: JobSubject, validation: number | undefined): Promise<JobData> {
    const openOne = (dataset: string | undefined): Promise<Dataset> =>
      this.open(datasetOf(this.checked, { ...variant.train, dataset }));
    const open = async (): Promise<JobData> => {
      const [first, ...later] = await Promise.all(compare.stages.map(openOne));
      if (validation === undefined)
        return { ...(await withLabels(await openOne(compare.dataset))), stages: [first!, ...later] };
      const stages = [await holdOut(first!, validation)] as [Dataset, ...Dataset[]];
      for (const stage of later) stages.push(await holdOut(stage, validation));
      return { ...(await withLabels(later.length === 0 ? stages[0] : append(stages))), stages };
    };
    const found = this.data.get(validation) ?? open();
    this.data.set(validation, found);
    return found;
  }

  /** What encoders are probed on as well; `validation` as in `dataFor`. */
  transfersFor({ compare, competitor }: JobSubject, validation: number | undefined): Promise<readonly LabelledData[]> {
    const openOne = async (decl: DatasetDecl): Promise<LabelledData> => {
      const dataset = await this.open(decl);
      return withLabels(validation === undefined ? dataset : await holdOut(dataset, validation));
    };
    const places = transfersOf(this.checked, { ...compare.evaluate, model: competitor.model });
    const found = this.transferred.get(validation) ?? Promise.all(places.map(openOne));
    this.transferred.set(validation, found);
    return found;
  }

  /** A compiled model in the states that its last user left: `init` comes first. Kept for later jobs, so nobody else closes it. */
  load: LoadPart = ({ key }, part, typed, settings) => {
    const name = JSON.stringify([key, part, withoutRate(settings)]);
    const found = this.programs.get(name) ?? loadProgram(typed, settings, this.setting.backend, silent);
    this.programs.set(name, found);
    return found;
  };

  private async dropPrograms(): Promise<void> {
    const programs = [...this.programs.values()];
    this.programs.clear();
    for (const program of await Promise.allSettled(programs)) if (program.status === 'fulfilled') program.value.close();
  }
}

async function withLabels(dataset: Dataset): Promise<LabelledData> {
  return { dataset, labels: await readLabels(dataset) };
}

/** The rate is given to each step: compiled code knows nothing of it. */
function withoutRate({ optimizer, microBatch, statistics, precision, ...asked }: StepSettings): unknown {
  const { rate: _, ...own } = optimizer.settings;
  return [optimizer.name, own, microBatch, statistics, precision, asked.comparesTerms, asked.watchesOutputs];
}
