// Uploads in parts: by hand, and as the SDK slices files and copies.
'use strict';

const fs = require('fs');
const path = require('path');
const { walk, refused, assert } = require('./walk');

const part1 = Buffer.alloc(1 << 20, 'one');
const part3 = Buffer.from('three');

async function byHand({ cos, where, host }) {
  await cos.putObject({ ...where, Key: 'source', Body: Buffer.alloc(2 << 20, 'two') });
  const one = { ...where, Key: 'by hand 中+' };
  const begun = await cos.multipartInit({ ...one, ContentType: 'text/x-node', StorageClass: 'STANDARD_IA', 'x-cos-meta-who': 'me', ACL: 'public-read' });
  assert.deepEqual([begun.Bucket, begun.Key], [where.Bucket, one.Key]);
  const upload = { ...one, UploadId: begun.UploadId };
  const Parts = [];
  const keep = (PartNumber, { ETag }) => Parts.push({ PartNumber, ETag });
  keep(1, await cos.multipartUpload({ ...upload, PartNumber: 1, Body: part1, TrafficLimit: 838860800 }));
  keep(2, await cos.uploadPartCopy({ ...upload, PartNumber: 2, CopySource: `${host}/source`, CopySourceRange: 'bytes=0-1048575' }));
  await refused(
    cos.uploadPartCopy({ ...upload, PartNumber: 2, CopySource: `${host}/source`, CopySourceIfMatch: '"other"' }), 412, 'PreconditionFailed');
  keep(3, await cos.multipartUpload({ ...upload, PartNumber: 3, Body: part3 }));

  const first = await cos.multipartListPart({ ...upload, MaxParts: 2, EncodingType: 'url' });
  assert.deepEqual(first.Part.map((p) => [p.PartNumber, p.Size]), [['1', '1048576'], ['2', '1048576']]);
  assert.deepEqual([first.IsTruncated, first.NextPartNumberMarker, decodeURIComponent(first.Key)], ['true', '2', one.Key]);
  const rest = await cos.multipartListPart({ ...upload, PartNumberMarker: 2 });
  assert.deepEqual([rest.Part.map((p) => p.ETag), rest.IsTruncated], [[Parts[2].ETag], 'false']);
  const open = await cos.multipartList({ ...where, Prefix: 'by', EncodingType: 'url' });
  assert.deepEqual(open.Upload.map((u) => [decodeURIComponent(u.Key), u.UploadId, u.StorageClass]), [[one.Key, upload.UploadId, 'STANDARD_IA']]);

  const done = await cos.multipartComplete({ ...upload, Parts });
  const got = await cos.getObject(one);
  assert.equal(got.ETag, done.ETag);
  assert.deepEqual([got.headers['content-type'], got.headers['x-cos-meta-who']], ['text/x-node', 'me']);
  assert.ok(got.Body.equals(Buffer.concat([part1, Buffer.alloc(1 << 20, 'two'), part3])));
  await refused(cos.multipartListPart(upload), 404, 'NoSuchUpload');

  const dropped = { ...one, UploadId: (await cos.multipartInit(one)).UploadId };
  assert.equal((await cos.multipartAbort(dropped)).statusCode, 204);
  await refused(cos.multipartAbort(dropped), 404, 'NoSuchUpload');
}

async function sliced({ cos, where, ask, host }) {
  const FilePath = path.join(ask.dir, 'large');
  const large = Buffer.concat([part1, part1, part3]);
  fs.writeFileSync(FilePath, large);
  const up = { ...where, Key: 'sliced' };
  await cos.sliceUploadFile({ ...up, FilePath, ChunkSize: 1 << 20, SliceSize: 1 << 20 });
  const copy = { ...where, Key: 'sliced copy' };
  await cos.sliceCopyFile({ ...copy, CopySource: `${host}/sliced` });
  const objects = await Promise.all([cos.getObject(up), cos.getObject(copy)]);
  for (const object of objects) {
    assert.match(object.ETag, /-3"$/);
    assert.ok(object.Body.equals(large));
  }
  assert.equal(objects[0].headers['x-cos-hash-crc64ecma'], objects[1].headers['x-cos-hash-crc64ecma']);
}

walk(byHand, sliced);
