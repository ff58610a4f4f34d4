import { defineConfig } from 'vite';

// The build is embedded in the Go binary (embed.go) and served below /playground/,
// so addresses are relative and nothing may come from another origin.
export default defineConfig({
  base: './',
  oxc: { jsx: { runtime: 'automatic' } },
  worker: { format: 'es' },
  build: {
    outDir: 'dist',
    emptyOutDir: false, // clean.mjs empties it, and keeps dist/.gitkeep.
    target: 'es2022',
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 4000, // Monaco, the editor inside GraphiQL, is one large chunk.
    rolldownOptions: {
      // Libraries carry "use client" for server rendering; without a server it says nothing.
      onLog(level, log, report) {
        if (log.code !== 'MODULE_LEVEL_DIRECTIVE') report(level, log);
      },
    },
  },
});
