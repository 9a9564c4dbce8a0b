// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import {
  CopyObjectCommand, DeleteObjectsCommand, GetObjectAttributesCommand, GetObjectCommand, HeadObjectCommand,
  ListObjectsV2Command, NoSuchBucket, NoSuchKey, PutObjectCommand, paginateListObjectsV2,
} from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { createPresignedPost } from '@aws-sdk/s3-presigned-post';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { s3, schemes, virtual, watch, withBucket } from './clients.js';

const MIB = 1 << 20;
const ALGORITHMS = ['CRC32', 'CRC32C', 'CRC64NVME', 'SHA1', 'SHA256'];
const pieces = (body, size) => {
  const out = [];
  for (let i = 0; i < body.length; i += size) out.push(body.subarray(i, i + size));
  return Readable.from(out);
};

for (const scheme of Object.keys(schemes)) {
  for (const algorithm of ALGORITHMS) {
    test(`${scheme}: a stream with ${algorithm} in its trailer`, async () => {
      const client = s3(scheme);
      const seen = watch(client);
      await withBucket(client, async (Bucket) => {
        const body = randomBytes(300_001);
        const put = await client.send(new PutObjectCommand({
          Bucket, Key: 'k', Body: pieces(body, 70_000), ContentLength: body.length, ChecksumAlgorithm: algorithm }));
        assert.equal(seen.headers['x-amz-content-sha256'], 'STREAMING-UNSIGNED-PAYLOAD-TRAILER');
        assert.equal(seen.headers['x-amz-trailer'], `x-amz-checksum-${algorithm.toLowerCase()}`);
        const got = await client.send(new GetObjectCommand({ Bucket, Key: 'k', ChecksumMode: 'ENABLED' }));
        assert.equal(got[`Checksum${algorithm}`], put[`Checksum${algorithm}`]);
        assert.equal(got.ContentEncoding || undefined, undefined);
        assert.deepEqual(Buffer.from(await got.Body.transformToByteArray()), body);
        const told = await client.send(new GetObjectAttributesCommand({
          Bucket, Key: 'k', ObjectAttributes: ['Checksum', 'ObjectSize'] }));
        assert.equal(told.Checksum[`Checksum${algorithm}`], put[`Checksum${algorithm}`]);
        assert.equal(told.Checksum.ChecksumType, 'FULL_OBJECT');
      });
    });
  }

  test(`${scheme}: lib-storage uploads in parts`, async () => {
    const client = s3(scheme);
    await withBucket(client, async (Bucket) => {
      const body = randomBytes(12 * MIB + 7);
      for (const algorithm of [undefined, 'CRC64NVME', 'SHA256']) {
        const done = await new Upload({
          client, params: { Bucket, Key: 'k', Body: pieces(body, MIB), ChecksumAlgorithm: algorithm },
          partSize: 5 * MIB, queueSize: 3,
        }).done();
        assert.match(done.ETag, /-3"$/);
        const head = await client.send(new HeadObjectCommand({ Bucket, Key: 'k', ChecksumMode: 'ENABLED' }));
        assert.equal(head.ContentLength, body.length);
        assert.equal(head.ChecksumType, algorithm === 'SHA256' ? 'COMPOSITE' : head.ChecksumType);
      }
      const got = await client.send(new GetObjectCommand({ Bucket, Key: 'k' }));
      const whole = createHash('sha256').update(await got.Body.transformToByteArray()).digest('hex');
      assert.equal(whole, createHash('sha256').update(body).digest('hex'));
    });
  });

  test(`${scheme}: presigned URLs`, async () => {
    const client = s3(scheme);
    await withBucket(client, async (Bucket) => {
      const Key = 'a b/ü+.txt';
      const up = await getSignedUrl(client, new PutObjectCommand({ Bucket, Key, ContentType: 'text/x' }),
                                    { expiresIn: 60, signableHeaders: new Set(['content-type']) });
      const headers = { 'content-type': 'text/x' };
      assert.equal((await fetch(up, { method: 'PUT', body: 'signed', headers })).status, 200);
      assert.equal((await fetch(up, { method: 'PUT', body: 'x', headers: { 'content-type': 'text/y' } })).status, 403);
      const down = await getSignedUrl(client, new GetObjectCommand({
        Bucket, Key, ResponseContentDisposition: 'attachment' }), { expiresIn: 60 });
      const got = await fetch(down);
      assert.equal(got.headers.get('content-disposition'), 'attachment');
      assert.equal(await got.text(), 'signed');
      assert.equal((await fetch(down.replace('attachment', 'inline'))).status, 403);
      const late = await getSignedUrl(client, new GetObjectCommand({ Bucket, Key }), {
        expiresIn: 60, signingDate: new Date(Date.now() - 120_000) });
      const refused = await fetch(late);
      assert.equal(refused.status, 403);
      assert.match(await refused.text(), /<Message>Request has expired<\/Message>/);
    });
  });

  test(`${scheme}: a presigned form`, async () => {
    const client = s3(scheme);
    await withBucket(client, async (Bucket) => {
      const { url, fields } = await createPresignedPost(client, {
        Bucket, Key: 'up/${filename}', Expires: 60, Fields: { 'Content-Type': 'text/x' },
        Conditions: [['starts-with', '$Content-Type', 'text/'], ['content-length-range', 1, 20]] });
      const send = (text) => {
        const form = new FormData();
        for (const [name, value] of Object.entries(fields)) form.append(name, value);
        form.append('file', new Blob([text]), 'a b.txt');
        return fetch(url, { method: 'POST', body: form });
      };
      assert.equal((await send('from a form')).status, 204);
      const got = await client.send(new GetObjectCommand({ Bucket, Key: 'up/a b.txt' }));
      assert.equal(await got.Body.transformToString(), 'from a form');
      assert.equal(got.ContentType, 'text/x');
      const refused = await send('more than twenty bytes');
      assert.match(await refused.text(), /<Code>EntityTooLarge<\/Code>/);
    });
  });

  test(`${scheme}: virtual-host style`, async () => {
    const client = virtual(scheme);
    await withBucket(client, async (Bucket) => {
      await client.send(new PutObjectCommand({ Bucket, Key: 'a b/c', Body: 'virtual' }));
      const got = await client.send(new GetObjectCommand({ Bucket, Key: 'a b/c', Range: 'bytes=1-3' }));
      assert.equal(await got.Body.transformToString(), 'irt');
    });
  });
}

test('errors are the classes of the SDK', async () => {
  const client = s3('http');
  await withBucket(client, async (Bucket) => {
    await assert.rejects(client.send(new GetObjectCommand({ Bucket, Key: 'nothing' })), NoSuchKey);
    await assert.rejects(client.send(new ListObjectsV2Command({ Bucket: `${Bucket}-not` })), NoSuchBucket);
    await client.send(new PutObjectCommand({ Bucket, Key: 'k', Body: 'one' }));
    await assert.rejects(client.send(new PutObjectCommand({ Bucket, Key: 'k', Body: 'two', IfNoneMatch: '*' })),
                         { name: 'PreconditionFailed' });
    const got = await client.send(new GetObjectCommand({ Bucket, Key: 'k' }));
    assert.equal(await got.Body.transformToString(), 'one');
  });
});

test('pages, copies and batches', async () => {
  const client = s3('https');
  await withBucket(client, async (Bucket) => {
    const names = ['a&b', 'c d', 'e+f', 'ü/%', 'z'];
    for (const Key of names)
      await client.send(new PutObjectCommand({ Bucket, Key, Body: Key }));
    const listed = [];
    for await (const page of paginateListObjectsV2({ client, pageSize: 2 }, { Bucket }))
      listed.push(...page.Contents.map((o) => o.Key));
    assert.deepEqual(listed, [...names].sort());
    await client.send(new CopyObjectCommand({ Bucket, Key: 'copy', CopySource: encodeURI(`${Bucket}/ü/%`) }));
    const got = await client.send(new GetObjectCommand({ Bucket, Key: 'copy' }));
    assert.equal(await got.Body.transformToString(), 'ü/%');
    const gone = await client.send(new DeleteObjectsCommand({
      Bucket, Delete: { Objects: [...names, 'copy'].map((Key) => ({ Key })) } }));
    assert.equal(gone.Deleted.length, 6);
  });
});
