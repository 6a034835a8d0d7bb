import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { expect, test } from 'vitest';
import { formatDiagnostic } from '../../../src/diagnostics/index.js';
import { failure, temporaryFolders } from '../support.js';
import { all, bytesOf, fixtures, openText, warnings } from './opening.js';

const newFolder = temporaryFolders();

/** Pictures `NAME.png` whose red is `value`. */
async function pictures(folder: string, values: Readonly<Record<string, number>>): Promise<void> {
  mkdirSync(folder, { recursive: true });
  for (const [name, r] of Object.entries(values)) {
    const picture = sharp({ create: { width: 2, height: 2, channels: 3, background: { r, g: 0, b: 0 } } });
    await picture.png().toFile(join(folder, `${name}.png`));
  }
}
const reds = (data: ArrayLike<number>): number[] => bytesOf(data).filter((_, i) => i % 12 === 0);
const open = (loader: string, fields: string, folder: string, strict = false) =>
  openText(loader, fields, { baseDirectory: folder, strict });

test('pictures by their names with a table by its column; what finds no partner is named', async () => {
  const folder = newFolder();
  await pictures(join(folder, 'img'), { '1f600': 1, '1f601': 2, '1f602': 3 });
  const rows = ['1F602', '1F600', '1F603', '1F600'].map((code, i) => ({ code, size: i, words: ['a', `w${i}`] }));
  writeFileSync(join(folder, 'd.json'), JSON.stringify(rows, null, 1));
  const loader = 'join(x: images("img/**"), table: json("d.json"), on: code, ignore_case: true)';
  const data = await open(loader, 'x: Image[2, 2, 3], size: [1], words: Class[2]', folder);
  const { x, size, words } = await data.read('train', all(data.size('train')));
  expect(data.splits).toEqual(['train']);
  expect(reds(x!.data)).toEqual([1, 3]);
  expect(Array.from(size!.data)).toEqual([1, 0]);
  expect([data.classNames?.get('words'), Array.from(words!.data)]).toEqual([
    ['a, w0', 'a, w1'],
    [1, 0],
  ]);
  expect(warnings.map(({ code, notes }) => [code, ...(notes ?? [])])).toEqual([
    ['EBM4050', '1f601: it has no `table`', '1f603: it has no `x`'],
    ['EBM4025', '1f600: `table` has it again (row 3, after row 1)'],
  ]);
  expect(warnings[0]!.message).toBe('data set `d`: 2 of 4 keys have no partner and are left out');
  expect((await failure(open(loader, 'x: Image[2, 2, 3], size: [1]', folder, true))).code).toBe('EBM4026');
});

test('the first source may have a key often; names that two sources have are told apart; damage is told by row', async () => {
  const folder = newFolder();
  await pictures(join(folder, 'img'), { '007': 7, '010': 10 });
  // Its header is whole: only reading it all shows the damage.
  writeFileSync(join(folder, 'img/008.png'), readFileSync(join(folder, 'img/007.png')).subarray(0, -20));
  writeFileSync(
    join(folder, 'said.csv'),
    'file,id,label\nimg/010.png,10,x\nimg/007.png,7,y\nimg/008.png,8,z\n10.png,10,y\n',
  );
  writeFileSync(join(folder, 'kinds.jsonl'), [7, 8, 10].map((id) => `{"id":${id},"label":${id + 1}}`).join('\n'));
  const sources = 'said: csv("said.csv"), kinds: jsonl("kinds.jsonl"), photo: images("img/**", keep: false)';
  const fields = 'photo: Image[2, 2, 3], kind: [1], word: Class[3], id: [1]';
  const data = await open(
    `join(${sources}, on: id, columns: from(kind: kinds.label, word: said.label))`.replaceAll(
      /(kinds|said)\.label/g,
      '"$1.label"',
    ),
    fields,
    folder,
  );
  const { photo, kind, word, id } = await data.read('train', all(4));
  expect(Array.from(id!.data)).toEqual([10, 7, 10, 10]);
  expect(Array.from(kind!.data)).toEqual([11, 8, 11, 11]);
  expect(Array.from(word!.data)).toEqual([0, 1, 1, 1]);
  expect(reds(photo!.data)).toEqual([10, 7, 10, 10]);
  expect(data.damaged?.().map(({ row }) => row)).toEqual([2]);
});

test('splits of one source hold for all', async () => {
  const folder = newFolder();
  for (const [split, values] of [
    ['train', { a: 1, b: 2 }],
    ['test', { c: 3, d: 4 }],
  ] as const)
    await pictures(join(folder, 'img', split), values);
  writeFileSync(join(folder, 't.csv'), 'name,v\nd,4\nc,3\nb,2\na,1\n');
  const data = await open('join(x: images("img/**"), t: csv("t.csv"), on: name)', 'x: Image[2, 2, 3], v: [1]', folder);
  expect(data.splits).toEqual(['train', 'test']);
  for (const split of data.splits) {
    const { x, v } = await data.read(split, [1, 0]);
    expect(reds(x!.data)).toEqual(Array.from(v!.data));
  }
  expect(warnings).toEqual([]);
});

test('keys without a partner, and none with one, as they are told', async () => {
  const folder = newFolder();
  await pictures(join(folder, 'img'), { A: 1, B: 2, C: 3 });
  writeFileSync(join(folder, 'some.json'), '[{"code":"A","v":1},{"code":"B","v":2}]');
  writeFileSync(join(folder, 'none.json'), '[{"code":"one","v":1},{"code":"two","v":2}]');
  const joined = (file: string) =>
    open(`join(x: images("img/**"), t: json("${file}"), on: code)`, 'x: Image[2, 2, 3], v: [1]', folder);
  await joined('some.json');
  await expect(`${formatDiagnostic(warnings[0]!)}\n`).toMatchFileSnapshot('../golden/EBM4050.txt');
  await expect(`${formatDiagnostic(await failure(joined('none.json')))}\n`).toMatchFileSnapshot(
    '../golden/EBM4051.txt',
  );
});

test('a column names files of another folder', async () => {
  const folder = newFolder();
  await pictures(join(folder, 'deep/img'), { a: 1, b: 2 });
  writeFileSync(join(folder, 't.json'), '[{"x":"b.png"},\n {"x":"a.png"}]');
  const data = await open('json("t.json", folder: "deep/img")', 'x: Image[2, 2, 3]', folder);
  expect(reds((await data.read('train', [0, 1]))['x']!.data)).toEqual([2, 1]);
});

test('what cannot be joined is told', async () => {
  const folder = newFolder();
  await pictures(join(folder, 'img'), { a: 1, b: 2 });
  copyFileSync(join(fixtures, 'f8.npy'), join(folder, 'f8.npy'));
  writeFileSync(join(folder, 't.csv'), 'name,v\nq,4\n');
  const fails = async (loader: string): Promise<string> => {
    const { code, message } = await failure(open(loader, 'x: Image[2, 2, 3], v: [1]', folder));
    return `${code} ${message}`;
  };
  expect([
    await fails('join(x: images("img/**"), t: csv("t.csv"))'),
    await fails('join(x: images("img/**"), t: csv("t.csv"), on: nam)'),
    await fails('join(x: images("img/**"), t: csv("t.csv"), on: name)'),
    await fails('join(x: images("img/**"), on: name)'),
    await fails('join(x: images("img/**"), t: cvs("t.csv"), on: name)'),
    await fails('join(x: images("img/**", resize: true), t: csv("t.csv"), on: name)'),
    await fails('join(images("img/**"), t: csv("t.csv"), on: name)'),
    await fails('join(x: images("img/**"), t: npy("f8.npy"), on: name)'),
  ]).toMatchInlineSnapshot(`
    [
      "EBM4005 \`join\`: argument \`on\` is needed: the rows of \`t\` are not files, so that one of its columns has to join it (name, v)",
      "EBM4005 \`join\`: argument \`on\` names neither words nor numbers of \`t\`, which has name, v",
      "EBM4051 data set \`d\`: none of the 3 keys is in all sources of the join",
      "EBM4005 \`join\`: the argument list needs two or more sources with names",
      "EBM4004 data set \`d\` uses a loader that does not exist: \`cvs\`",
      "EBM4005 \`join\`: argument \`resize\` of \`x\` belongs to the join itself",
      "EBM4005 \`join\`: argument 1 has to be a source with a name: \`photo: images("photos/**")\`",
      "EBM4005 \`join\`: argument \`on\` names neither words nor numbers of \`t\`, which has f8",
    ]
  `);
});

test('a list of objects: nested, with signs in words, cut off, with things that are no objects', async () => {
  const folder = newFolder();
  const good = Array.from({ length: 5000 }, (_, i) => ({ a: i, w: `]}"\\,${i}{[`, n: { a: [1, { a: 2 }] } }));
  writeFileSync(join(folder, 'd.json'), `${JSON.stringify(good, null, 2).slice(0, -2)}, 7, "x,]", null,\n[1], {"a": 9`);
  const data = await open('json("d.json")', 'a: [1], w: Class[5000]', folder);
  expect(data.size('train')).toBe(5000);
  const { a, w } = await data.read('train', [4999, 0, 4500]);
  expect(Array.from(a!.data)).toEqual([4999, 0, 4500]);
  const names = data.classNames!.get('w')!;
  expect(Array.from(w!.data, (c) => names[c])).toEqual([4999, 0, 4500].map((i) => good[i]!.w));
  expect(warnings[0]!.message).toBe('data set `d`: skipped 5 of 5005 rows that cannot be used');
  expect(warnings[0]!.notes!.map((note) => note.replace(/^.*:/, ''))).toMatchInlineSnapshot(`
    [
      " the item is not an object",
      " the item is not an object",
      " the item is not an object",
      " the item is not an object",
      " the file ends within it",
    ]
  `);
});
