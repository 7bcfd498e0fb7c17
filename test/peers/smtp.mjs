// A real SMTP server (npm smtp-server) with STARTTLS under a certificate made at run time, and
// AUTH. It keeps what it took, as it came and decoded.
import { SMTPServer } from 'smtp-server';
import { certificateMake } from './certificate.mjs';
import { directoryMake, directoryRemove, inbox } from './process.mjs';

export const username = 'ringoff';
export const password = 'mail-secret-4K';
const host = '127.0.0.1';

const wordsDecode = (text) =>
  text
    .replace(/\?=\s+=\?/g, '?==?')
    .replace(/(?:=\?utf-8\?b\?[^?]*\?=)+/gi, (words) =>
      Buffer.concat(
        [...words.matchAll(/=\?utf-8\?b\?([^?]*)\?=/gi)].map(([, word]) =>
          Buffer.from(word, 'base64'),
        ),
      ).toString(),
    );

/** Headers (lower-case names, decoded) and the text of a text/plain message. */
export function mailDecode(raw) {
  const [head, ...rest] = raw.split('\r\n\r\n');
  const headers = Object.fromEntries(
    head
      .replace(/\r\n[ \t]+/g, ' ')
      .split('\r\n')
      .map((line) => {
        const at = line.indexOf(':');
        return [line.slice(0, at).toLowerCase(), wordsDecode(line.slice(at + 1).trim())];
      }),
  );
  const body = rest.join('\r\n\r\n');
  const text =
    headers['content-transfer-encoding'] === 'base64'
      ? Buffer.from(body, 'base64').toString()
      : body;
  return { headers, subject: headers.subject, text: text.replace(/\r\n/g, '\n') };
}

const refuse = (code, text) => Object.assign(new Error(text), { responseCode: code });

/** Starts it. Options: port (to come back where one was), starttls (false: not offered).
 *  A recipient that begins with "full" is put off (452), one with "nobody" refused (550), and what
 *  goes to "spam" is refused after the data (554).
 *  Answers { host, port, ca, username, password, logins, messages, wait, stop }. */
export async function start({ port = 0, starttls = true } = {}) {
  const directory = await directoryMake('smtp');
  const { ca, key, cert } = await certificateMake(directory);
  const box = inbox();
  const logins = [];
  const server = new SMTPServer({
    secure: false,
    key,
    cert,
    authMethods: ['PLAIN', 'LOGIN'],
    logger: false,
    size: 1 << 20,
    disabledCommands: starttls ? [] : ['STARTTLS'],
    allowInsecureAuth: true,
    disableReverseLookup: true,
    onAuth(auth, session, done) {
      logins.push({ username: auth.username, secure: session.secure });
      const good = auth.username === username && auth.password === password;
      return good ? done(null, { user: username }) : done(refuse(535, 'wrong'));
    },
    onRcptTo(to, session, done) {
      if (to.address.startsWith('full')) return done(refuse(452, 'mailbox full'));
      if (to.address.startsWith('nobody')) return done(refuse(550, `no ${to.address}`));
      return done();
    },
    onData(stream, session, done) {
      const pieces = [];
      stream.on('data', (piece) => pieces.push(piece));
      stream.on('end', () => {
        const to = session.envelope.rcptTo.map(({ address }) => address);
        if (to[0].startsWith('spam')) return done(refuse(554, 'not wanted'));
        const raw = Buffer.concat(pieces).toString();
        box.add({
          from: session.envelope.mailFrom.address,
          to,
          secure: session.secure,
          user: session.user,
          raw,
          ...mailDecode(raw),
        });
        return done();
      });
    },
  });
  server.on('error', () => {}); // a client that breaks off is its own affair
  await new Promise((done) => server.listen(port, host, done));
  return {
    host,
    ca,
    username,
    password,
    port: server.server.address().port,
    logins: () => [...logins],
    messages: box.messages,
    wait: box.wait,
    async stop() {
      await new Promise((done) => server.close(done));
      await directoryRemove(directory);
    },
  };
}
