export { type BackendName, backendNames, type Presence } from './backend.js';
export { inspectNative, nativeFolder, tensorflowVersion, tfjsNodeVersion } from './native-folder.js';
export { vectorInstructions } from './processor.js';
export { backends, type Selection, selectBackend } from './select.js';
export { type SetupOptions, setupNative } from './setup/index.js';
export { missingTools } from './setup/tools.js';
export { loadTfjsNode, usesGpu } from './tensorflow.js';
export { tryBackend } from './try-backend.js';
