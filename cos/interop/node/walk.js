// What the walks of the Node SDK share. Each walk is a script of its own: it
// is asked on stdin where the server is, asserts by itself, and says "ok" on
// stdout. Any failure is a line on stderr and a status other than 0.
'use strict';

const COS = require('cos-nodejs-sdk-v5');
const assert = require('node:assert/strict');
const fs = require('fs');
const http = require('http');

async function main(steps) {
  const ask = JSON.parse(fs.readFileSync(0, 'utf8'));
  const where = { Bucket: ask.bucket, Region: ask.region };
  const cos = new COS({
    SecretId: ask.secretId,
    SecretKey: ask.secretKey,
    Protocol: 'http:',
    Proxy: ask.proxy,
    ConfCwd: ask.dir, // its cache of upload ids, which else outlives the test
    CopyChunkSize: 1 << 20,
    CopySliceSize: 1 << 20,
  });
  for (const step of steps) await step({ cos, where, ask, host: `${ask.bucket}.cos.${ask.region}.myqcloud.com` });
  process.stdout.write('ok');
}

function walk(...steps) {
  main(steps).catch((err) => {
    console.error(err instanceof Error && err.stack ? err.stack : err);
    console.error(JSON.stringify((err && err.error) || {}));
    process.exit(1);
  });
}

// refused asserts the status and, unless a HEAD was refused, the code.
async function refused(promise, status, code) {
  const err = await promise.then(
    () => assert.fail(`no error, want ${status} ${code}`),
    (err) => err,
  );
  assert.deepEqual([err.statusCode, code === undefined ? undefined : err.code], [status, code], err.stack);
  return err;
}

async function read(cos, params) {
  const object = await cos.getObject(params);
  return object.Body.toString();
}

// fetchURL is what a program does that knows nothing but a URL, which it asks
// the proxy for.
function fetchURL(ask, method, url, headers = {}, body = '') {
  const proxy = new URL(ask.proxy);
  return new Promise((resolve, reject) => {
    const options = {
      host: proxy.hostname, port: proxy.port, method, path: url,
      headers: { Host: new URL(url).host, 'Content-Length': Buffer.byteLength(body), ...headers },
    };
    const request = http.request(options, (answer) => {
      const chunks = [];
      answer.on('data', (chunk) => chunks.push(chunk));
      answer.on('end', () => resolve({ status: answer.statusCode, body: Buffer.concat(chunks).toString() }));
    });
    request.on('error', reject);
    request.end(body);
  });
}

module.exports = { walk, refused, read, fetchURL, assert };
