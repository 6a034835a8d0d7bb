/** Files that the build makes, beside the module that uses them. */
import { fileURLToPath, pathToFileURL } from 'node:url';

/** Run from its sources, as tests do, the program takes them from the last build. */
export function builtFile(name: string, module: string): URL {
  const here = fileURLToPath(new URL(name, module));
  return pathToFileURL(
    module.endsWith('.ts') ? here.replace(/([/\\])src([/\\])(?!.*[/\\]src[/\\])/, '$1dist$2') : here,
  );
}
