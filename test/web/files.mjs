// Files as people send them, whole and broken, made from their own structure.

/** A JPEG of so many bytes: its head, a long scan, its end. */
export function jpeg(size = 300, mark = '') {
  const head = Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 4, 1, 1, 0xff, 0xda, 0, 3, 1]);
  const body = Buffer.alloc(size - head.length - 2, 'k');
  body.write(mark, Math.max(0, body.length - mark.length - 7));
  return Buffer.concat([head, body, Buffer.from([0xff, 0xd9])]);
}

/** A PNG with one chunk of so many bytes, and its end. */
export function png(size = 300) {
  const chunk = Buffer.alloc(size);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(size);
  return Buffer.concat([Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]), length,
    Buffer.from('IDAT'), chunk, Buffer.alloc(4), Buffer.alloc(4), Buffer.from('IEND'),
    Buffer.from([0xae, 0x42, 0x60, 0x82])]);
}

export const pdf = (size = 300) =>
  Buffer.from(`%PDF-1.7\n${'x'.repeat(size - 17)}\n%%EOF\n`);

/** A form with files as a browser sends it: { type, body }. Parts: [name, value or Buffer]. */
export function multipart(parts, boundary = 'b0undary') {
  const body = [];
  for (const [name, value] of parts) {
    const file = Buffer.isBuffer(value)
      ? '; filename="IMG_0001.JPG"\r\nContent-Type: image/jpeg' : '';
    const head = `--${boundary}\r\nContent-Disposition: form-data; name="${name}"${file}\r\n\r\n`;
    body.push(Buffer.from(head), Buffer.from(value), Buffer.from('\r\n'));
  }
  body.push(Buffer.from(`--${boundary}--\r\n`));
  return { type: `multipart/form-data; boundary=${boundary}`, body: Buffer.concat(body) };
}
