import { createPrivateKey, createSign, generateKeyPairSync, randomBytes, type KeyObject } from 'node:crypto';

export interface Certificate {
  /** PEM. */
  readonly key: string;
  /** PEM. */
  readonly cert: string;
}

const DAY_MS = 86_400_000;
const OID = {
  ecdsaWithSha256: '06082a8648ce3d040302',
  commonName: '0603550403',
  subjectAltName: '0603551d11',
  basicConstraints: '0603551d13',
};

/** A certificate for one host name, valid for a day, signed with its own key. */
export function selfSigned(host: string): Certificate {
  return certificate(host, null);
}

/** A certificate for one host name, valid for a day, of an authority made by `selfSigned(by)`. */
export function signedBy(authority: Certificate, by: string, host: string): Certificate {
  return certificate(host, { name: by, key: createPrivateKey(authority.key) });
}

/** X.509 (RFC 5280) in DER, written by hand. Without an issuer it is its own authority. */
function certificate(host: string, issuer: { name: string; key: KeyObject } | null): Certificate {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const algorithm = sequence(hex(OID.ecdsaWithSha256));
  const now = Date.now();
  const isAuthority = issuer === null ? [tag(0x01, Buffer.from([0xff]))] : [];
  const extensions = sequence(
    sequence(hex(OID.basicConstraints), tag(0x04, sequence(...isAuthority))),
    sequence(hex(OID.subjectAltName), tag(0x04, sequence(tag(0x82, Buffer.from(host))))),
  );
  const body = sequence(
    tag(0xa0, tag(0x02, Buffer.from([2]))),
    tag(0x02, Buffer.concat([Buffer.from([1]), randomBytes(8)])),
    algorithm,
    nameOf(issuer?.name ?? host),
    sequence(time(now - DAY_MS), time(now + DAY_MS)),
    nameOf(host),
    publicKey.export({ type: 'spki', format: 'der' }),
    tag(0xa3, extensions),
  );
  const signature = createSign('sha256')
    .update(body)
    .sign(issuer?.key ?? privateKey);
  const der = sequence(body, algorithm, tag(0x03, Buffer.concat([Buffer.from([0]), signature])));
  return { key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(), cert: pem(der) };
}

const nameOf = (host: string): Buffer =>
  sequence(tag(0x31, sequence(hex(OID.commonName), tag(0x0c, Buffer.from(host)))));
const hex = (text: string): Buffer => Buffer.from(text, 'hex');
const sequence = (...parts: readonly Buffer[]): Buffer => tag(0x30, Buffer.concat(parts));

function tag(number: number, content: Buffer): Buffer {
  const { length } = content;
  const size =
    length < 0x80 ? [length] : length < 0x1_00 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([number, ...size]), content]);
}

/** GeneralizedTime. */
function time(at: number): Buffer {
  return tag(0x18, Buffer.from(`${new Date(at).toISOString().replaceAll(/[-:T]|\.\d+Z$/g, '')}Z`));
}

function pem(der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}
