// See README.md beside this file.
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { rolldown } from 'rolldown';

const root = fileURLToPath(new URL('../..', import.meta.url));
const here = mkdtempSync(join(root, 'node_modules', '.browser-'));
const pages = mkdtempSync(join(tmpdir(), 'ebmc-browser-'));
try {
  const compile = ['bin/ebmc.js', 'compile', 'examples/simclr.ebm', '--target', 'tfjs', '--batch', '16', '--out', here];
  execFileSync(process.execPath, compile, { cwd: root, stdio: 'inherit' });
  cpSync(join(root, 'test/browser/steps.ts'), join(here, 'steps.ts'));
  const main = `import { SimCLR } from './model.ts';\nimport { threeLosses } from './steps.ts';\n`;
  const page = `${main}threeLosses(new SimCLR()).then((losses) => { document.body.textContent = JSON.stringify(losses); }, (error) => { document.body.textContent = String(error.stack); });\n`;
  writeFileSync(join(here, 'page.ts'), page);
  writeFileSync(join(here, 'node.ts'), `${main}console.log(JSON.stringify(await threeLosses(new SimCLR())));\n`);
  const bundle = async (file, format) => {
    const built = await rolldown({
      input: join(here, file),
      logLevel: 'silent',
      platform: format === 'iife' ? 'browser' : 'node',
      resolve: { mainFields: ['module', 'main'] },
    });
    const { output } = await built.generate({ format });
    return output[0].code;
  };
  const script = (await bundle('page.ts', 'iife')).replaceAll('</script', '<\\/script');
  writeFileSync(join(pages, 'page.html'), `<!doctype html><body>waiting</body><script>${script}</script>`);
  writeFileSync(join(pages, 'node.mjs'), await bundle('node.ts', 'esm'));
  const chromium = process.env.CHROMIUM ?? 'chromium';
  const flags = ['--headless', '--no-sandbox', '--disable-gpu', '--virtual-time-budget=120000', '--dump-dom'];
  const dom = execFileSync(chromium, [...flags, pathToFileURL(join(pages, 'page.html')).href], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
    maxBuffer: 2 ** 28,
  });
  const text = /<body>(.*?)<(?:\/body|script)/s.exec(dom)?.[1] ?? dom.slice(0, 300);
  const node = JSON.parse(execFileSync(process.execPath, [join(pages, 'node.mjs')], { encoding: 'utf8' }));
  const version = execFileSync(chromium, ['--version', '--no-sandbox'], { encoding: 'utf8' }).trim();
  console.log(`${version}: ${text}\nNode ${process.version}: ${JSON.stringify(node)}`);
  const browser = JSON.parse(text);
  const same = browser.length === 3 && browser.every((loss, i) => Math.abs(loss - node[i]) < 1e-5 * Math.abs(node[i]));
  console.log(same ? 'the same losses' : 'different losses');
  process.exitCode = same ? 0 : 1;
} finally {
  rmSync(here, { recursive: true, force: true });
  rmSync(pages, { recursive: true, force: true });
}
