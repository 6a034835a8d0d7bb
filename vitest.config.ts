import { defineConfig } from 'vitest/config';

const json = process.env['EBMC_TEST_JSON'];

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Minutes each: `npm run test:long`.
    exclude: ['test/long/**'],
    globalSetup: ['test/setup.ts'],
    // A process a file: each has tfjs's one backend to itself.
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 120_000,
    reporters: json ? ['default', ['json', { outputFile: json }]] : ['default'],
  },
});
