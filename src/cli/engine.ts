/**
 * Settings of V8 for a program that mostly runs a second or less; imported first. Node 20 compiles functions for speed so early that the
 * compiling, beside the work, costs more than it brings: checking and compiling a file takes a fifth less time if it waits for five times as many
 * bytes of executed code (`node bench/run.js compile mae`: 306 and 238 ms). V8 of later Nodes waits by itself, and has other names for it.
 */
import { setFlagsFromString } from 'node:v8';

if (process.version.startsWith('v20.')) setFlagsFromString('--interrupt-budget=600000');
