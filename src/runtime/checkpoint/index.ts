export { type Checkpoint, loadCheckpoint, loadStageEnds, readManifest, requireSameStates } from './load.js';
export { lockFolder } from './lock.js';
export { type DataOrder, type Manifest, manifestName, type SavedSettings, type StageRecord } from './manifest.js';
export { decodeSafetensors, encodeSafetensors, type TensorFile } from './safetensors.js';
export { saveCheckpoint } from './save.js';
