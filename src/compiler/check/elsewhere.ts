/** Names that array libraries have for what is called, or written, otherwise here. */
const names: Readonly<Record<string, string>> = {
  arange: 'iota',
  cat: 'concat',
  concatenate: 'concat',
  cosine_similarity: 'cosine',
  detach: 'stop',
  dot: 'sum(a * b)',
  expand: 'broadcast',
  expand_dims: 'reshape',
  expit: 'sigmoid',
  logdet: 'log_determinant',
  len: 'size',
  mm: 'matmul',
  mse: 'mean_square',
  mse_loss: 'mean_square',
  no_grad: 'stop',
  norm: 'sqrt(sum(square(x)))',
  normalise: 'unit',
  numel: 'size',
  permute: 'transpose',
  pow: 'x ^ n',
  power: 'x ^ n',
  rand: 'uniform',
  randn: 'normal',
  randperm: 'permutation',
  sg: 'stop',
  slogdet: 'log_determinant',
  squeeze: 'reshape',
  std: 'sqrt(var(x))',
  stop_grad: 'stop',
  stop_gradient: 'stop',
  T: 'transpose',
  unsqueeze: 'reshape',
  view: 'reshape',
};

/** What is to be written here for another tool's name: a name, or an expression. */
export function elsewhere(name: string): string | undefined {
  return Object.hasOwn(names, name) ? names[name] : undefined;
}
