// A certificate of one's own, made at run time: what it signs is believed only by whom it is given.
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';

/** For localhost and 127.0.0.1; answers { ca (a file), key, cert }. */
export async function certificateMake(directory, name = '') {
  const key = path.join(directory, `${name}key.pem`);
  const cert = path.join(directory, `${name}cert.pem`);
  await promisify(execFile)('openssl', [
    'req',
    '-x509',
    '-newkey',
    'rsa:2048',
    '-nodes',
    '-days',
    '2',
    '-subj',
    '/CN=localhost',
    '-addext',
    'subjectAltName=DNS:localhost,IP:127.0.0.1',
    '-keyout',
    key,
    '-out',
    cert,
  ]);
  return { ca: cert, key: await readFile(key), cert: await readFile(cert) };
}
