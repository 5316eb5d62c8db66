// A certificate for loopback and its key, as a server takes them.
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { new_folder } from './server.mjs';

const files = path.join(path.dirname(fileURLToPath(import.meta.url)), 'tls');

/** Two files of a folder of their own; the key is its owner's alone, as no checkout has it. */
export function tls_identity() {
  const folder = new_folder();
  const certificate = path.join(folder, 'certificate.pem');
  const key = path.join(folder, 'key.pem');
  fs.copyFileSync(path.join(files, 'certificate.pem'), certificate);
  fs.writeFileSync(key, fs.readFileSync(path.join(files, 'key.pem')), { mode: 0o600 });
  return { certificate, key };
}
