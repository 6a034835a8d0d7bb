/** The programs of the design of the language that this version reads. */
export const programs: Readonly<Record<string, string>> = {
  'first-model': `use std.vision { resnet18, simclr_views }
use std.heads { mlp }
use std.energies { cosine }
use std.regularizers { info_nce }

/// SimCLR: two views of one image are compatible; views of other images are not.
model SimCLR(temperature = 0.5) {
  data x: Image[32, 32, 3]
  view a, b of x = simclr_views(size: 32)

  encoder f = resnet18(stem: small)
  encoder g = mlp(hidden: 2048, out: 128)

  energy E(x, y) = cosine(g(f(x)), g(f(y)))

  minimize { contrast: info_nce(E, a, b, temperature) }
  representation f(x)
}
`,
  'info-nce': `/// InfoNCE (van den Oord et al. 2018), \`temperature\` > 0.
contrastive regularizer info_nce(E: energy, x, y, temperature = 0.1) =
  E(x, y) / temperature + logsumexp(-E(x, batch(y)) / temperature)
`,
  'vicreg-form': `model VICReg {
  data x: Image[32, 32, 3]
  view a, b of x = simclr_views(size: 32)
  encoder f = resnet18(stem: small)
  encoder h = mlp(hidden: 2048, out: 2048, layers: 3)

  energy E(x, y) = mean_square(h(f(x)), h(f(y)))

  minimize {
    invariance: 25 * E(a, b)
    variance:   25 * (variance(h(f(a))) + variance(h(f(b))))
    covariance:  1 * (covariance(h(f(a))) + covariance(h(f(b))))
  }
  representation f(x)
}

noncontrastive regularizer variance(z: [d], gamma = 1, eps = 1e-4) =
  mean(relu(gamma - sqrt(batch.var(z) + eps)))

noncontrastive regularizer covariance(z: [d]) =
  sum(off_diagonal(batch.cov(z)) ^ 2) / d
`,
  'masked-form': `model MAE {
  data x: Image[32, 32, 3]
  let p = patches(x, 4)                       // [64, 48]
  mask m over p = random_mask(ratio: 0.75)    // m.visible, m.hidden: indices, sizes known at compile time

  encoder f = vit(dim: 192, depth: 6, heads: 3)
  encoder g = vit_decoder(dim: 96, depth: 2, heads: 3, out: 48)

  energy E(context, target) = mean_square(g(f(context), at: m.hidden), standardize(target))

  minimize { reconstruction: E(p[m.visible], p[m.hidden]) }
  representation pool(f(p))
}
`,
  net: `net mlp(hidden: int, out: int, layers = 2)(x: [d]) -> [out] {
  repeat layers - 1 { x = x |> linear(hidden) |> batch_norm |> relu }
  linear(out)(x)
}
`,
  runs: `dataset fashion = idx("data/fashion-mnist") { x: Image[28, 28, 1], label: Class[10] }

train SimCLR on fashion.train {
  epochs: 20, batch: 256, precision: bf16
  optimizer: lars(rate: 0.3, momentum: 0.9, decay: 1e-4)
  schedule: cosine(warmup: 2)
}

`,
};
