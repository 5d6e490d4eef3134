import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['{core,charts,react,app,embed}/**/*.test.{ts,tsx}'],
    environment: 'node',
    testTimeout: 5_000,
    passWithNoTests: false,
  },
});
