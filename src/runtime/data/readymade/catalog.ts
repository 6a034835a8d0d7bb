/** Data sets that people know by name: where they are published, what their files are, how these are laid out. */

export interface PublishedFile {
  readonly url: string;
  readonly file: string;
  /** As its publisher, or torchvision, gives it. */
  readonly md5: string;
}

/** Records of a class and a picture of bytes, channel by channel. */
export interface PlanarFiles {
  readonly kind: 'planar';
  readonly shape: readonly [height: number, width: number, channels: number];
  /** Columns of pixels before rows. */
  readonly columnMajor: boolean;
  /** Bytes before each picture, and which of them is the class; none: classes are in files of their own, counted from 1. */
  readonly label: { readonly bytes: number; readonly at: number } | undefined;
  readonly train: readonly string[];
  /** Pictures without classes, for training. */
  readonly unlabelled?: readonly string[];
  readonly test: readonly string[];
}

export type Layout =
  /** The four files of MNIST. */
  | { readonly kind: 'idx' }
  /** `train` and `val` with a folder a class. */
  | { readonly kind: 'pictures'; readonly folder: string }
  | PlanarFiles;

export interface Published {
  readonly name: string;
  /** What it is, with its source. */
  readonly doc: string;
  readonly files: readonly PublishedFile[];
  readonly layout: Layout;
  /** Places where a system's package manager puts the same files. */
  readonly installed?: readonly string[];
  readonly classes: readonly string[];
}

const idxFiles = (url: string, sums: readonly [string, string, string, string]): PublishedFile[] =>
  [
    'train-images-idx3-ubyte.gz',
    'train-labels-idx1-ubyte.gz',
    't10k-images-idx3-ubyte.gz',
    't10k-labels-idx1-ubyte.gz',
  ].map((file, i) => ({ url: `${url}/${file}`, file, md5: sums[i]! }));

const objects = ['airplane', 'automobile', 'bird', 'cat', 'deer', 'dog', 'frog', 'horse', 'ship', 'truck'];

export const catalog: readonly Published[] = [
  {
    name: 'mnist_full',
    doc: 'MNIST (LeCun et al. 1998): 60,000 and 10,000 handwritten digits, 28 by 28, grey.',
    files: idxFiles('https://ossci-datasets.s3.amazonaws.com/mnist', [
      'f68b3c2dcbeaaa9fbdd348bbdeb94873',
      'd53e105ee54ea40749a09fcbcd1e9432',
      '9fb629c4189551a2d022fa330f9573f3',
      'ec29112dd5afa0611ce80d1b7f02629c',
    ]),
    layout: { kind: 'idx' },
    classes: ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'],
  },
  {
    name: 'fashion_mnist',
    doc: 'Fashion-MNIST (Xiao et al. 2017): 60,000 and 10,000 pictures of clothes in 10 classes, 28 by 28, grey.',
    files: idxFiles('http://fashion-mnist.s3-website.eu-central-1.amazonaws.com', [
      '8d4fb7e6c68d591d4c3dfef9ec88bf0d',
      '25c81989df183df01b3e8a0aad5dffbe',
      'bef4ecab320f06d8554ea6380940ec79',
      'bb300cfdad3c16e7a12a480ee83cd310',
    ]),
    layout: { kind: 'idx' },
    installed: ['/usr/share/datasets/fashion-mnist'],
    classes: ['T-shirt/top', 'trouser', 'pullover', 'dress', 'coat', 'sandal', 'shirt', 'sneaker', 'bag', 'ankle boot'],
  },
  {
    name: 'cifar10',
    doc: 'CIFAR-10 (Krizhevsky 2009): 50,000 and 10,000 photos in 10 classes, 32 by 32.',
    files: [
      {
        url: 'https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz',
        file: 'cifar-10-binary.tar.gz',
        md5: 'c32a1d4ab5d03f1284b67883e8d87530',
      },
    ],
    layout: {
      kind: 'planar',
      shape: [32, 32, 3],
      columnMajor: false,
      label: { bytes: 1, at: 0 },
      train: [1, 2, 3, 4, 5].map((i) => `cifar-10-batches-bin/data_batch_${i}.bin`),
      test: ['cifar-10-batches-bin/test_batch.bin'],
    },
    classes: objects,
  },
  {
    name: 'cifar100',
    doc: 'CIFAR-100 (Krizhevsky 2009): 50,000 and 10,000 photos in 100 classes, 32 by 32.',
    files: [
      {
        url: 'https://www.cs.toronto.edu/~kriz/cifar-100-binary.tar.gz',
        file: 'cifar-100-binary.tar.gz',
        md5: '03b5dce01913d631647c71ecec9e9cb8',
      },
    ],
    layout: {
      kind: 'planar',
      shape: [32, 32, 3],
      columnMajor: false,
      // A coarse class, then a fine one.
      label: { bytes: 2, at: 1 },
      train: ['cifar-100-binary/train.bin'],
      test: ['cifar-100-binary/test.bin'],
    },
    classes: [],
  },
  {
    name: 'stl10',
    doc: 'STL-10 (Coates et al. 2011): the 5,000 and 8,000 labelled photos in 10 classes, 96 by 96.',
    files: [
      {
        url: 'http://ai.stanford.edu/~acoates/stl10/stl10_binary.tar.gz',
        file: 'stl10_binary.tar.gz',
        md5: '91f7769df0f17e558f3565bffb0c7dfb',
      },
    ],
    layout: {
      kind: 'planar',
      shape: [96, 96, 3],
      columnMajor: true,
      label: undefined,
      train: ['stl10_binary/train_X.bin'],
      unlabelled: ['stl10_binary/unlabeled_X.bin'],
      test: ['stl10_binary/test_X.bin'],
    },
    classes: ['airplane', 'bird', 'car', 'cat', 'deer', 'dog', 'horse', 'monkey', 'ship', 'truck'],
  },
  {
    name: 'imagenette',
    doc: 'Imagenette (Howard 2019): photos of ten easy classes of ImageNet, the shorter side 160 pixels.',
    files: [
      {
        url: 'https://s3.amazonaws.com/fast-ai-imageclas/imagenette2-160.tgz',
        file: 'imagenette2-160.tgz',
        md5: 'e793b78cc4c9e9a4ccc0c1155377a412',
      },
    ],
    layout: { kind: 'pictures', folder: 'imagenette2-160' },
    classes: [
      ...['tench', 'English springer', 'cassette player', 'chain saw', 'church'],
      ...['French horn', 'garbage truck', 'gas pump', 'golf ball', 'parachute'],
    ],
  },
];
