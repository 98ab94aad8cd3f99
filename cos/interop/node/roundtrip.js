// Drives the official Node SDK through what the Go test asks for on stdin, and
// answers on stdout with what the SDK saw. Any failure is a line on stderr and
// a status other than 0.
'use strict';

const COS = require('cos-nodejs-sdk-v5');
const fs = require('fs');

async function main() {
  const ask = JSON.parse(fs.readFileSync(0, 'utf8'));
  const where = { Bucket: ask.bucket, Region: ask.region };
  const cos = new COS({
    SecretId: ask.secretId,
    SecretKey: ask.secretKey,
    Protocol: 'http:',
    Proxy: ask.proxy,
    ConfCwd: ask.dir, // its cache of upload ids, which else outlives the test
  });

  const answer = { got: {}, headed: {} };
  for (const [key, content] of Object.entries(ask.put)) {
    await cos.putObject({ ...where, Key: key, Body: Buffer.from(content, 'base64') });
  }
  await cos.sliceUploadFile({ ...where, Key: ask.upload.key, FilePath: ask.upload.file, ChunkSize: 1 << 20, SliceSize: 1 << 20 });
  for (const key of ask.get) {
    const object = await cos.getObject({ ...where, Key: key });
    answer.got[key] = object.Body.toString('base64');
    const head = await cos.headObject({ ...where, Key: key });
    answer.headed[key] = Number(head.headers['content-length']);
  }
  answer.listed = await list(cos, where, 'url');
  answer.listedRaw = await list(cos, { ...where, Prefix: ask.rawPrefix }, undefined);
  answer.buckets = (await cos.getService({})).Buckets.map((b) => b.Name);
  for (const key of ask.remove) {
    await cos.deleteObject({ ...where, Key: key });
  }
  answer.missing = await cos.getObject({ ...where, Key: ask.remove[0] }).then(
    () => 'no error',
    (err) => err.code,
  );
  process.stdout.write(JSON.stringify(answer));
}

async function list(cos, where, encoding) {
  const decode = encoding ? decodeURIComponent : (key) => key;
  const keys = [];
  let marker = '';
  for (;;) {
    const page = await cos.getBucket({ ...where, Marker: marker, MaxKeys: 3, EncodingType: encoding });
    keys.push(...page.Contents.map((object) => decode(object.Key)));
    if (page.IsTruncated !== 'true') return keys;
    marker = decode(page.NextMarker);
  }
}

main().catch((err) => {
  console.error(err instanceof Error && err.stack ? err.stack : err);
  console.error(JSON.stringify(err.error || {}));
  process.exit(1);
});
