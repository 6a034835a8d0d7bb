/** One row of the table of export formats. */
import type { About, Subject } from './subject.js';

export interface ExportFormat {
  readonly name: string;
  readonly summary: string;
  /** Whether it is one file, or several in a folder. */
  readonly kind: 'file' | 'folder';
  /** Throws `EbmcError` where the format cannot hold the representation. */
  export(subject: Subject): Exported;
}

export interface Exported {
  readonly about: About;
  /** In the order to write them: with the last one the export is complete. Of a single file the name is empty. */
  readonly files: readonly ExportedFile[];
}

export interface ExportedFile {
  readonly name: string;
  readonly content: string | readonly Uint8Array[];
}
