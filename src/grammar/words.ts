/** What the words of the language mean, for `ebmc explain WORD` and the reference. A new keyword is one row here, which tests see to. */

export interface WordInfo {
  /** The word that the form begins with, or is known by, and others that only stand in this form. */
  readonly words: readonly string[];
  /** How it is written. */
  readonly form: string;
  /** Markdown. */
  readonly doc: string;
}

export const wordGroups: Readonly<Record<string, readonly WordInfo[]>> = {
  'In a file': [
    {
      words: ['use'],
      form: 'use MODULE { NAME, NAME }',
      doc: 'Brings in definitions, models and data sets: of the library (`std.energies`), of the examples (`examples.simclr`), or of a file beside this one (`mine.heads` is `mine/heads.ebm`).',
    },
    {
      words: ['fn'],
      form: 'fn NAME(x: [n, d], share = 0.5) -> [d] = EXPRESSION',
      doc: 'A function without parameters that are learned; instead of `= EXPRESSION` a body `{ … }` of `let`s that ends with a value. Names in types (`n`, `d`) stand for what is given, and are whole numbers inside. Within a model it sees what the model declares.',
    },
    {
      words: ['net'],
      form: 'net NAME(settings)(x: [d]) -> [out] { param …, then a value }',
      doc: 'A network: a function with learned parameters of its own. `linear(64)` is an instance, `linear(64)(x)` its value; `let a = linear(64)` names an instance, and `a` called twice shares its parameters, while `linear(64)` written twice has them twice.',
    },
    {
      words: ['regularizer', 'contrastive', 'noncontrastive', 'masking'],
      form: 'contrastive regularizer NAME(E: energy, a, b) = EXPRESSION',
      doc: 'A function that keeps energies high where data does not want them low. The word before it says of which family: `contrastive`, `noncontrastive` or `masking`; without one it is of none.',
    },
    {
      words: ['model'],
      form: 'model NAME(temperature = 0.5) { members }',
      doc: 'What is learned: `data`, `view`s and `mask`s of it, `encoder`s, `energy`, what it `minimize`s, and the `representation` it is used for. Its parameters are settings that `train`, `compare` and `--set NAME.temperature=0.1` change.',
    },
    {
      words: ['dataset'],
      form: 'dataset NAME = LOADER(arguments) { field: Type, … }',
      doc: 'Real data, with its fields as they are expected: what does not fit is told before training. `NAME.train` and `NAME.test` are its parts.',
    },
    {
      words: ['train', 'on', 'then'],
      form: 'train MODEL on DATA.train then OTHER.train { setting: value, … }',
      doc: 'What `ebmc train` does: a model, the data, and settings. `then` makes stages, one data set after another.',
    },
    {
      words: ['evaluate'],
      form: 'evaluate MODEL on DATA { setting: value, … }',
      doc: 'How the model is measured after its training.',
    },
    {
      words: ['compare'],
      form: 'compare A, B(temperature: [0.1, 0.2]) on DATA { setting: value, … }',
      doc: 'Models on equal terms: one budget, one evaluation, baselines beside them. At most one in a file.',
    },
  ],
  'In a model': [
    {
      words: ['data'],
      form: 'data x: Image[28, 28, 1]',
      doc: 'A field of the data set that the model reads, one example of it.',
    },
    {
      words: ['view', 'of'],
      form: 'view a, b, small[4] of x = FUNCTION(settings)',
      doc: 'What is made anew of an example each time it is seen; each view has draws of its own. The function takes the subject first, or the subject is written: `x |> crop(24) |> noise`. `small[4]` is a list of four.',
    },
    {
      words: ['mask', 'over'],
      form: 'mask m over x = FUNCTION(settings)',
      doc: 'A choice of what is hidden, usually a record (`m.visible`, `m.hidden`), drawn for each example.',
    },
    {
      words: ['encoder'],
      form: 'encoder f = NET(settings)',
      doc: 'A named network of the model. `ema(f)` and `frozen(f)` make copies that no gradient reaches. Inside a `net`, a network is named by `let`.',
    },
    {
      words: ['param'],
      form: 'param w: [d, k] = normal([d, k]) * 0.02',
      doc: 'A learned tensor with its value at the start of training; of a model, or of each instance of a `net`.',
    },
    {
      words: ['energy'],
      form: 'energy E(x, y) = EXPRESSION',
      doc: 'How badly two (or more) things fit, a number: low where they are compatible. What a trained model is asked for by `ebmc infer`, whether a term uses it or not. As the type of a parameter (`E: energy`) it stands for any of them. With settings before its arguments, `energy E(width: int)(x, y) = EXPRESSION`, it is a family, of which `E(8)` is one.',
    },
    {
      words: ['minimize'],
      form: 'minimize over f, g { name: EXPRESSION … }',
      doc: 'The terms whose sum is minimised, each with a name; a value for each example means their mean. With `over`, several groups each move their own encoders and parameters.',
    },
    {
      words: ['representation'],
      form: 'representation f(x)',
      doc: 'What of the model is used afterwards: probed, exported, searched. Of one example alone.',
    },
    {
      words: ['state'],
      form: 'state queue: [4096, 128] = unit(normal([4096, 128]))',
      doc: 'A tensor that training keeps and no gradient changes; `after step` and `before epoch` give it its next value.',
    },
    {
      words: ['after', 'step'],
      form: 'after step { queue = push(queue, batch(z)) }',
      doc: 'Values of states from the next step on, computed of this step’s values.',
    },
    {
      words: ['before', 'epoch'],
      form: 'before epoch { centres = k_means(examples(f(x), 4096), centres) }',
      doc: 'Values of states from the beginning of an epoch on, computed of the data set by the model as it then is.',
    },
  ],
  'In a body': [
    {
      words: ['let'],
      form: 'let z = EXPRESSION',
      doc: 'Names a value. Inside a body, `z = EXPRESSION` afterwards gives the name another one.',
    },
    {
      words: ['repeat'],
      form: 'repeat i in 3 { z = block(z) }',
      doc: 'The statements so many times, unrolled when compiled; `i in` may be left out, else i is 0, 1, 2. Names from above are given new values by `=`: recurrent networks and unrolled procedures are written so. Each round’s nets have parameters of their own, unless they are named above it.',
    },
    {
      words: ['if', 'else'],
      form: 'if c then a else b',
      doc: 'Decided when compiled, by settings and shapes: only the part that holds is there. `where(c, a, b)` chooses by values, element by element.',
    },
    {
      words: ['for', 'where'],
      form: 'mean for s in views, t in views where s != t: EXPRESSION',
      doc: 'Over lists, rows of a tensor, or rounds (`i in 4`), when compiled. Before `for` stands what is made of the values: `mean`, `sum`, `max`, `min`, `stack`, `concat` or `list`.',
    },
    {
      words: ['min', 'softmin', 'argmin', 'in', 'at', 'from', 'by'],
      form: 'min z in codes { E(x, z) }, softmin z in codes at beta { … }, min z from z0 by gradient(steps: 8, rate: 0.1) { … }',
      doc: 'The least value over the rows of a tensor or the items of a list, the free energy of them, or where a descent from z0 ends. `argmin` gives the row, the item or the point instead.',
    },
    {
      words: ['and', 'or', 'not'],
      form: 'a and not b',
      doc: 'Of conditions that are decided when compiled, those of `if` and of a loop’s `where`, and of `filter`.',
    },
    {
      words: ['true', 'false'],
      form: 'true',
      doc: 'A setting that holds, or does not: `linear(64, bias: false)`. Tensors have 1 and 0.',
    },
  ],
};

export const allWords: readonly WordInfo[] = Object.values(wordGroups).flat();
