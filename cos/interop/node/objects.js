// Put, head, get, list, delete, append, restore and select.
'use strict';

const zlib = require('zlib');
const { walk, refused, read, assert } = require('./walk');

const key = "walk/a b/中文+~!*'().txt";
const headers = {
  ContentType: 'text/plain; charset=utf-8', CacheControl: 'no-cache', ContentDisposition: 'inline; filename="a b"',
  ContentEncoding: 'identity', Expires: 'Wed, 21 Oct 2037 07:28:00 GMT',
  StorageClass: 'STANDARD_IA', 'x-cos-meta-who-wrote': 'some body',
  Headers: { 'Content-Language': 'zh-CN' }, // the SDK knows no ContentLanguage
};
const stored = {
  'content-type': headers.ContentType, 'cache-control': headers.CacheControl, 'content-disposition': headers.ContentDisposition,
  'content-encoding': headers.ContentEncoding, 'content-language': 'zh-CN', expires: headers.Expires,
  'x-cos-storage-class': headers.StorageClass, 'x-cos-meta-who-wrote': 'some body', 'x-cos-object-type': 'normal',
  'content-length': '10',
};
const some = (all, wanted) => Object.fromEntries(Object.keys(wanted).map((name) => [name, all[name]]));

async function objects({ cos, where }) {
  const one = { ...where, Key: key };
  const put = await cos.putObject({ ...one, Body: 'hello walk', ...headers, GrantRead: 'id="100000000001"', TrafficLimit: 838860800 });
  const head = await cos.headObject(one);
  assert.equal(head.ETag, put.ETag);
  assert.deepEqual(some(head.headers, stored), stored);
  assert.equal(head.headers['x-cos-hash-crc64ecma'], put.headers['x-cos-hash-crc64ecma']);

  assert.equal(await read(cos, one), 'hello walk');
  const part = await cos.getObject({ ...one, Range: 'bytes=6-', IfMatch: put.ETag, IfUnmodifiedSince: head.headers['last-modified'] });
  assert.deepEqual([part.statusCode, part.Body.toString(), part.headers['content-range']], [206, 'walk', 'bytes 6-9/10']);
  await refused(cos.getObject({ ...one, IfMatch: '"other"' }), 412, 'PreconditionFailed');
  await refused(cos.getObject({ ...one, Range: 'bytes=10-' }), 416, 'InvalidRange');
  await refused(cos.headObject({ ...one, IfNoneMatch: put.ETag }), 304, '304'); // no body, so the SDK makes up a code
  const named = await cos.getObject({
    ...one, ResponseContentType: 'text/x-node; a=b', ResponseContentDisposition: 'attachment; filename="a &+.txt"',
    ResponseCacheControl: 'no-store', ResponseContentLanguage: 'de', ResponseExpires: headers.Expires, ResponseContentEncoding: 'x-none',
  });
  const want = {
    'content-type': 'text/x-node; a=b', 'content-disposition': 'attachment; filename="a &+.txt"', 'cache-control': 'no-store',
    'content-language': 'de', expires: headers.Expires, 'content-encoding': 'x-none',
  };
  assert.deepEqual(some(named.headers, want), want);

  assert.equal((await cos.deleteObject(one)).statusCode, 204);
  await refused(cos.headObject(one), 404, '404'); // a HEAD has no body to give a code
}

async function lists({ cos, where }) {
  const keys = ['a', 'b/1', 'b/2 +', 'c<&">/x'];
  for (const Key of keys) await cos.putObject({ ...where, Key, Body: Key });
  const page = await cos.getBucket({ ...where, Delimiter: '/', Marker: 'a', MaxKeys: 1, EncodingType: 'url' });
  assert.deepEqual([page.CommonPrefixes, page.IsTruncated, page.NextMarker, page.Contents], [[{ Prefix: 'b/' }], 'true', 'b/', []]);
  const below = await cos.getBucket({ ...where, Prefix: 'b/' });
  assert.deepEqual(below.Contents.map((o) => [o.Key, o.Size, o.StorageClass]), [['b/1', '3', 'STANDARD'], ['b/2 +', '5', 'STANDARD']]);
  const all = [...keys, 'never was'];
  const gone = await cos.deleteMultipleObject({ ...where, Objects: all.map((Key) => ({ Key })) });
  assert.deepEqual([gone.Deleted.map((o) => o.Key).sort(), gone.Error], [all.sort(), []]);
  await cos.putObject({ ...where, Key: 'quiet', Body: '' });
  assert.deepEqual((await cos.deleteMultipleObject({ ...where, Quiet: true, Objects: [{ Key: 'quiet' }] })).Deleted, []);
  assert.deepEqual((await cos.getBucket(where)).Contents, []);
}

async function appending({ cos, where }) {
  const log = { ...where, Key: 'log' };
  const first = await cos.appendObject({ ...log, Position: 0, Body: 'one,', ContentType: 'text/x-log', 'x-cos-meta-who': 'me' });
  assert.equal(first.headers['x-cos-next-append-position'], '4');
  await cos.appendObject({ ...log, Position: 4, Body: 'two' });
  await refused(cos.appendObject({ ...log, Position: 4, Body: 'again' }), 409, 'AppendPositionErr');
  assert.equal(await read(cos, log), 'one,two');
  const want = { 'content-type': 'text/x-log', 'x-cos-meta-who': 'me', 'x-cos-object-type': 'appendable' };
  assert.deepEqual(some((await cos.headObject(log)).headers, want), want);
}

async function archives({ cos, where }) {
  const old = { ...where, Key: 'old' };
  await cos.putObject({ ...old, Body: 'asleep', StorageClass: 'DEEP_ARCHIVE' });
  await refused(cos.getObject(old), 403, 'InvalidObjectState');
  const RestoreRequest = { Days: 1, CASJobParameters: { Tier: 'Bulk' } };
  assert.equal((await cos.restoreObject({ ...old, RestoreRequest })).statusCode, 202);
  assert.equal((await cos.headObject(old)).headers['x-cos-restore'], 'ongoing-request="true"');
  await refused(cos.restoreObject({ ...old, RestoreRequest }), 409, 'RestoreAlreadyInProgress');
}

async function selecting({ cos, where }) {
  // Not selectObjectContent: it pipes its stream into itself, and so takes
  // records for frames as soon as an answer comes in more than one piece.
  const select = (Key, Expression, InputSerialization, OutputSerialization) =>
    new Promise((resolve, reject) => {
      const SelectRequest = { Expression, ExpressionType: 'SQL', InputSerialization, OutputSerialization, RequestProgress: { Enabled: 'TRUE' } };
      const records = [];
      let ended = false;
      const stream = cos.selectObjectContentStream({ ...where, Key, SelectType: 2, SelectRequest }, (err, answer) => {
        if (err) return reject(err);
        assert.ok(ended, 'the End event was seen');
        resolve([Buffer.concat(records).toString(), Number(answer.Stats.BytesReturned)]);
      });
      stream.on('message:end', () => (ended = true));
      stream.on('data', (chunk) => records.push(chunk));
    });
  await cos.putObject({ ...where, Key: 't.csv', Body: 'name,size\n"a,b",1\nc,20\n' });
  await cos.putObject({ ...where, Key: 't.json', Body: '{"name":"a","size":1}\n{"name":"b","size":2}\n' });
  await cos.putObject({ ...where, Key: 't.csv.gz', Body: zlib.gzipSync('1,one\n2,two\n') });
  const csv = (more) => ({ CompressionType: 'NONE', CSV: { FileHeaderInfo: 'USE', ...more } });
  assert.deepEqual(await select('t.csv', 'SELECT s.name FROM COSObject s WHERE CAST(s.size AS INT) > 2', csv(), { CSV: {} }), ['c\n', 2]);
  assert.deepEqual(
    await select('t.csv', 'SELECT s._1 FROM COSObject s LIMIT 1', csv({ FileHeaderInfo: 'IGNORE' }), { CSV: { QuoteFields: 'ALWAYS' } }),
    ['"a,b"\n', 6],
  );
  assert.deepEqual(
    await select('t.json', 'SELECT s.name FROM COSObject s WHERE s.size = 2', { JSON: { Type: 'LINES' } }, { JSON: { RecordDelimiter: ';' } }),
    ['{"name":"b"};', 13],
  );
  assert.deepEqual(
    await select('t.csv.gz', "SELECT s._2 FROM COSObject s WHERE s._1 = '2'", { CompressionType: 'GZIP', CSV: { FileHeaderInfo: 'NONE' } }, { CSV: {} }),
    ['two\n', 4],
  );
}

const themes = { objects, lists, appending, archives, selecting };
walk(...(process.argv.length > 2 ? process.argv.slice(2).map((name) => themes[name]) : Object.values(themes)));
