// Versioning, copies of versions, ACLs, tags, buckets and signed URLs.
'use strict';

const { walk, refused, read, fetchURL, assert } = require('./walk');

const key = "walk/a b/中文+~!*'().txt";

async function versions({ cos, where, host }) {
  const one = { ...where, Key: key };
  const state = async () => (await cos.getBucketVersioning(where)).VersioningConfiguration.Status;
  assert.equal(await state(), undefined);
  await cos.putObject({ ...one, Body: 'zero' });
  await cos.putBucketVersioning({ ...where, VersioningConfiguration: { Status: 'Enabled' } });
  assert.equal(await state(), 'Enabled');
  const first = (await cos.putObject({ ...one, Body: 'one' })).headers['x-cos-version-id'];
  const second = (await cos.putObject({ ...one, Body: 'two' })).headers['x-cos-version-id'];
  assert.equal(await read(cos, { ...one, VersionId: 'null' }), 'zero');
  assert.equal(await read(cos, { ...one, VersionId: first }), 'one');
  assert.equal((await cos.headObject(one)).headers['x-cos-version-id'], second);

  const gone = (await cos.deleteObject(one)).headers;
  assert.equal(gone['x-cos-delete-marker'], 'true');
  const marker = gone['x-cos-version-id'];
  await refused(cos.getObject(one), 404, 'NoSuchKey');
  const history = await cos.listObjectVersions({ ...where, Prefix: 'walk/', EncodingType: 'url' });
  assert.deepEqual(history.DeleteMarkers.map((m) => [m.VersionId, m.IsLatest]), [[marker, 'true']]);
  assert.deepEqual(history.Versions.map((v) => v.VersionId), [second, first, 'null']);
  assert.deepEqual(history.Versions.map((v) => decodeURIComponent(v.Key)), [key, key, key]);
  const page = await cos.listObjectVersions({ ...where, KeyMarker: key, VersionIdMarker: marker, MaxKeys: 1 });
  assert.deepEqual(page.Versions.map((v) => v.VersionId), [second]);
  assert.deepEqual([page.IsTruncated, page.NextKeyMarker, page.NextVersionIdMarker], ['true', key, second]);

  const source = `${host}/${encodeURIComponent(key).replace(/%2F/g, '/')}?versionId=${first}`;
  const copied = await cos.putObjectCopy({ ...where, Key: 'copied', CopySource: source });
  assert.equal(copied.headers['x-cos-copy-source-version-id'], first);
  assert.equal(await read(cos, { ...where, Key: 'copied' }), 'one');
  assert.equal((await cos.deleteObject({ ...one, VersionId: marker })).headers['x-cos-delete-marker'], 'true');
  assert.equal(await read(cos, one), 'two');
  const done = await cos.deleteMultipleObject({ ...where, Objects: [{ Key: key, VersionId: second }, { Key: key, VersionId: 'null' }] });
  assert.deepEqual([done.Deleted.length, done.Error.length], [2, 0]);
  assert.equal(await read(cos, one), 'one');
  await cos.putBucketVersioning({ ...where, VersioningConfiguration: { Status: 'Suspended' } });
  assert.equal(await state(), 'Suspended');
}

async function copies({ cos, where, host }) {
  const from = { ...where, Key: 'source 中' };
  await cos.putObject({ ...from, Body: 'to be copied', ContentType: 'text/x-node', 'x-cos-meta-who': 'me', StorageClass: 'STANDARD_IA' });
  const CopySource = `${host}/${encodeURIComponent('source 中')}`;
  const head = async (Key) => (await cos.headObject({ ...where, Key })).headers;
  await cos.putObjectCopy({ ...where, Key: 'kept', CopySource });
  let h = await head('kept');
  assert.deepEqual([h['content-type'], h['x-cos-meta-who'], h['x-cos-storage-class']], ['text/x-node', 'me', undefined]);
  await cos.putObjectCopy({
    ...where, Key: 'replaced', CopySource, MetadataDirective: 'Replaced', ContentType: 'image/png', CopySourceIfMatch: h.etag,
  });
  h = await head('replaced');
  assert.deepEqual([h['content-type'], h['x-cos-meta-who']], ['image/png', undefined]);
  await refused(cos.putObjectCopy({ ...where, Key: 'never', CopySource, CopySourceIfNoneMatch: h.etag }), 412, 'PreconditionFailed');
  await refused(cos.putObjectCopy({ ...where, Key: 'never', CopySource: `${host}/missing` }), 404, 'NoSuchKey');
}

async function acls({ cos, where }) {
  const one = { ...where, Key: 'acl' };
  await cos.putObject({ ...one, Body: 'x' });
  const before = await cos.getObjectAcl(one);
  assert.deepEqual([before.ACL, before.Grants.length, before.Grants[0].Permission], ['default', 1, 'FULL_CONTROL']);
  await cos.putObjectAcl({ ...one, ACL: 'public-read' });
  assert.equal((await cos.getObjectAcl(one)).ACL, 'public-read');
  const ID = 'qcs::cam::uin/100000000001:uin/100000000001';
  await cos.putObjectAcl({
    ...one, AccessControlPolicy: { Owner: before.Owner, Grants: [{ Grantee: { ID, DisplayName: 'friend' }, Permission: 'READ' }] },
  });
  const after = await cos.getObjectAcl(one);
  assert.deepEqual([after.ACL, after.GrantRead], ['private', `id="${ID}"`]);
}

async function tags({ cos, where }) {
  const one = { ...where, Key: 'tagged' };
  await cos.putObject({ ...one, Body: 'x' });
  const Tags = [{ Key: 'colour', Value: 'red & blue' }, { Key: '名', Value: 'x' }];
  const got = async () => (await cos.getObjectTagging(one)).Tags;
  assert.deepEqual(await got(), []);
  await cos.putObjectTagging({ ...one, Tags });
  assert.deepEqual(await got(), Tags);
  await cos.deleteObjectTagging(one);
  assert.deepEqual(await got(), []);
}

async function buckets({ cos, where, ask }) {
  const fresh = { ...where, Bucket: 'fresh-1250000000' };
  await refused(cos.headBucket(fresh), 404, '404'); // a HEAD has no body to give a code
  await cos.putBucket(fresh);
  assert.equal((await cos.headBucket(fresh)).headers['x-cos-bucket-region'], ask.region);
  const all = await cos.getService({});
  assert.deepEqual(all.Buckets.map((b) => [b.Name, b.Location]).sort(), [[fresh.Bucket, ask.region], [ask.bucket, ask.region]]);
  await cos.deleteBucket(fresh);
  assert.deepEqual((await cos.getService({})).Buckets.map((b) => b.Name), [ask.bucket]);
}

async function signedURLs({ cos, where, ask }) {
  const signed = (params) =>
    new Promise((resolve, reject) => {
      cos.getObjectUrl({ ...where, Key: key, Expires: 600, ...params }, (err, data) => (err ? reject(err) : resolve(data.Url)));
    });
  const typed = { 'Content-Type': 'image/png' };
  const put = await signed({ Method: 'PUT', Headers: typed });
  assert.equal((await fetchURL(ask, 'PUT', put, { 'Content-Type': 'image/gif' }, 'no')).status, 403);
  assert.equal((await fetchURL(ask, 'PUT', put, typed, 'a picture')).status, 200);
  const get = await signed({ Method: 'GET', Query: { 'response-content-type': 'text/x-url; a=b' } });
  assert.deepEqual(await fetchURL(ask, 'GET', get), { status: 200, body: 'a picture' });
  assert.equal((await fetchURL(ask, 'PUT', get, {}, 'no')).status, 403);
  assert.equal(await read(cos, { ...where, Key: key }), 'a picture');
}

walk(copies, acls, tags, versions, buckets, signedURLs);
