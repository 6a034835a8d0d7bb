import type { Module } from './syntax-tree.js';
export function printModule(module: Module): string {
  return module.source.text;
}
