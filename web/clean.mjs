// Empties dist before a build, but for the tracked .gitkeep that lets the Go package embed a folder that was never built.
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';

const dist = new URL('dist/', import.meta.url);
mkdirSync(dist, { recursive: true });
for (const name of readdirSync(dist)) {
  rmSync(new URL(name, dist), { recursive: true });
}
writeFileSync(new URL('.gitkeep', dist), '');
