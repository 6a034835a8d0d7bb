#!/usr/bin/env node
import '../dist/cli/engine.js';
import '../dist/cli/main.js';
