/** What a comparison found, as plain JSON: all that a report shows and all that another program needs. */

export interface Comparison {
  readonly format: 1;
  /** "SimCLR, VICReg, MAE on digits". */
  readonly title: string;
  /** The program's path as the user gave it, its exact text, and the texts of the user's own modules that it uses. */
  readonly file: string;
  readonly source: string;
  readonly modules: Readonly<Record<string, string>>;
  /** ebmc, node, backend, machine, … */
  readonly versions: Readonly<Record<string, string>>;
  /** ISO 8601. */
  readonly created: string;
  /** The command line that makes it again: "ebmc compare objectives.ebm --set …". */
  readonly command?: string;
  readonly dataset: ComparedData;
  /** What every competitor was given: "epochs" → "5", "batch" → "128", "optimizer" → "adamw(rate: 0.001, …)", … */
  readonly budget: Readonly<Record<string, string>>;
  /** In what the competitors differ besides their objectives: every line of it. */
  readonly differences: readonly Difference[];
  readonly measures: readonly MeasureInfo[];
  readonly competitors: readonly Competitor[];
  readonly contrasts: readonly Contrast[];
  /** Figures that this folder had before of other objectives or other data, by the same names: shown apart, never mixed in. */
  readonly stale?: readonly StaleFigures[];
}

export interface ComparedData {
  readonly name: string;
  /** Hash of the declaration and of the data read. */
  readonly hash: string;
  readonly train: number;
  /** Held out of `train`: settings are chosen on it. 0 where nothing is chosen. */
  readonly validation: number;
  readonly test: number;
  /** Names or numbers of the classes; undefined: no labels, only label-free measures. */
  readonly classes: readonly string[] | undefined;
}

/** What was measured under a name that means something else now. */
export interface StaleFigures {
  readonly name: string;
  /** Hash of the objective's canonical form, and of the data, then. */
  readonly objective: string;
  readonly data: string;
  /** When they were measured, ISO 8601. */
  readonly created: string;
  /** What has changed since: "its objective", "the data". */
  readonly changed: string;
  /** Measure → mean over the seeds. */
  readonly means: Readonly<Record<string, number>>;
}

/** "augmentation", "encoder", "optimizer", "schedule", "batch", …, and what each competitor has there. */
export interface Difference {
  readonly what: string;
  readonly values: Readonly<Record<string, string>>;
}

export interface MeasureInfo {
  /** Stable: `knn`, `linear.0.01`, `rankme`, `energy_gap`, … */
  readonly key: string;
  /** "k-NN (k 20)", "linear probe, 1 % of the labels". */
  readonly label: string;
  readonly better: 'higher' | 'lower' | 'neither';
  /** How a value is written: 0.912 as "91.2 %", as "0.91", as "12.3". */
  readonly unit: 'share' | 'number' | 'seconds';
  /** One sentence with its source. */
  readonly explanation: string;
  /** Ranked by this one unless the reader chooses another: true of one measure at most. */
  readonly isMain?: boolean;
  /** A difference of shares: it may be below 0. */
  readonly isSigned?: boolean;
}

export interface Competitor {
  /** Unique: "SimCLR", "SimCLR (temperature 0.1)", "untrained", "raw input", "supervised". */
  readonly name: string;
  readonly kind: 'objective' | 'untrained' | 'raw' | 'supervised';
  /** The model's name; of a baseline, the name of the competitor whose encoder it shares, where only one does. */
  readonly model: string | undefined;
  /** Hash of the objective's canonical form. */
  readonly objective: string | undefined;
  /** Chosen by tuning or declared: "temperature" → "0.2", "rate" → "0.004". */
  readonly settings: Readonly<Record<string, string>>;
  readonly parameters: number | undefined;
  /** Of one training step's forward pass, an example. */
  readonly flopsPerExample: number | undefined;
  /** What was tried and how it did on validation; the first is the chosen one. Empty where nothing was tuned. */
  readonly tried: readonly { readonly settings: Readonly<Record<string, string>>; readonly score: number }[];
  /** What measure the scores are of. */
  readonly triedBy?: string;
  /** One a seed. */
  readonly runs: readonly ComparedRun[];
  /** Measure → over the runs that finished. */
  readonly summary: Readonly<Record<string, Summary>>;
  readonly verdict: Verdict;
}

export interface ComparedRun {
  readonly seed: number;
  /** Relative to the comparison's folder; undefined of a baseline without a run of its own. */
  readonly folder: string | undefined;
  readonly status: 'finished' | 'failed' | 'waiting';
  /** The diagnostic's code and message of a run that failed. */
  readonly reason?: string;
  readonly cost: RunCost | undefined;
  readonly curve: readonly CurvePoint[];
  /** Measure → value. */
  readonly measures: Readonly<Record<string, number>>;
  readonly pictures?: RunPictures;
}

export interface RunCost {
  /** Wall-clock seconds of training, and of taking the measures. */
  readonly seconds: number;
  readonly evaluationSeconds: number;
  /** Of what a report shows of one run of a row alone: its pictures, and the check of its gradient. */
  readonly drawingSeconds?: number;
  readonly steps: number;
  readonly examples: number;
  /** Forward and backward, all steps. */
  readonly flops: number | undefined;
  readonly peakBytes: number | undefined;
}

/** At most 200 points a run. */
export interface CurvePoint {
  readonly step: number;
  readonly loss: number;
  readonly terms: Readonly<Record<string, number>>;
  readonly spread?: number;
  readonly effectiveRank?: number;
}

/** What is drawn of a run, of its first seed only. */
export interface RunPictures {
  /** Energies of compatible pairs and of mismatched ones, for histograms and their AUROC. */
  readonly energies?: { readonly compatible: readonly number[]; readonly mismatched: readonly number[] };
  /** The energy where one argument moves from that of its example towards those of two others, mean over such planes: `values[row][column]` at `ys[row]`, `xs[column]`. */
  readonly landscape?: {
    readonly xLabel: string;
    readonly yLabel: string;
    readonly xs: readonly number[];
    readonly ys: readonly number[];
    readonly values: readonly (readonly number[])[];
  };
  /** Cosines between the gradients of each two terms with respect to the encoder, before and after training. */
  readonly termCosines?: readonly {
    readonly a: string;
    readonly b: string;
    readonly start: number;
    readonly end: number;
  }[];
  /** A few test examples and their nearest neighbours, PNG data addresses where the input is a picture, texts elsewhere. */
  readonly neighbours?: readonly {
    readonly query: Exhibit;
    readonly nearest: readonly (Exhibit & { readonly similarity: number })[];
  }[];
  /** Test examples in two dimensions: coordinates and the class's place in `dataset.classes`. */
  readonly projection?: {
    readonly method: string;
    readonly x: readonly number[];
    readonly y: readonly number[];
    readonly label: readonly number[] | undefined;
  };
}

export interface Exhibit {
  readonly image?: string;
  readonly text?: string;
  readonly label?: number;
}

export interface Summary {
  readonly mean: number;
  /** A 95 % interval over seeds and test examples; equal to the mean where there is one seed and nothing to resample. */
  readonly low: number;
  readonly high: number;
  /** Standard deviation over seeds; undefined of one seed. */
  readonly deviation: number | undefined;
  readonly values: readonly number[];
}

/** Two competitors on one measure: the same seeds and the same test examples. */
export interface Contrast {
  readonly measure: string;
  readonly a: string;
  readonly b: string;
  /** Mean of a − b with a 95 % interval. */
  readonly difference: number;
  readonly low: number;
  readonly high: number;
  /** Whether the interval excludes zero; otherwise the report says "no difference shown". */
  readonly isShown: boolean;
  /** Of no difference, after Holm's correction for all contrasts of the measure. */
  readonly adjusted?: number;
}

export interface Verdict {
  readonly kind:
    | 'no fault found'
    | 'collapsed'
    | 'on its plateau'
    | 'under-trained'
    | 'gradient wrong'
    | 'failed'
    | 'waiting'
    | 'baseline';
  /** One sentence with the figures behind it. */
  readonly reason: string;
}
