// SPDX-License-Identifier: Apache-2.0
// What the tests share: clients of the region over either scheme, and names that nobody else uses.
import http from 'node:http';
import https from 'node:https';
import { ACMClient } from '@aws-sdk/client-acm';
import { CloudFrontClient } from '@aws-sdk/client-cloudfront';
import { IAMClient } from '@aws-sdk/client-iam';
import { KMSClient } from '@aws-sdk/client-kms';
import { Route53Client } from '@aws-sdk/client-route-53';
import {
  CreateBucketCommand, DeleteBucketCommand, DeleteObjectCommand, ListObjectVersionsCommand, S3Client,
} from '@aws-sdk/client-s3';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SSMClient } from '@aws-sdk/client-ssm';
import { STSClient } from '@aws-sdk/client-sts';

export const schemes = { http: process.env.NP_HTTP, https: process.env.NP_HTTPS };
export const port = process.env.NP_PORT;

const base = { region: 'us-east-1', maxAttempts: 1 };

export const s3 = (scheme, more = {}) =>
  new S3Client({ ...base, endpoint: schemes[scheme], forcePathStyle: true, ...more });
export const acm = (more = {}) => new ACMClient({ ...base, endpoint: schemes.https, ...more });
export const cloudfront = (more = {}) => new CloudFrontClient({ ...base, endpoint: schemes.https, ...more });
export const iam = (more = {}) => new IAMClient({ ...base, endpoint: schemes.https, ...more });
export const kms = (more = {}) => new KMSClient({ ...base, endpoint: schemes.https, ...more });
export const route53 = (more = {}) => new Route53Client({ ...base, endpoint: schemes.https, ...more });
export const secrets = (more = {}) => new SecretsManagerClient({ ...base, endpoint: schemes.https, ...more });
export const ssm = (more = {}) => new SSMClient({ ...base, endpoint: schemes.https, ...more });
export const sts = (more = {}) => new STSClient({ ...base, endpoint: schemes.https, ...more });

/** In virtual-host style: names below localhost lead here, which not every resolver knows. */
export function virtual(scheme) {
  const lookup = (host, options, done) =>
    options.all ? done(null, [{ address: '127.0.0.1', family: 4 }]) : done(null, '127.0.0.1', 4);
  return s3(scheme, {
    endpoint: `${scheme}://s3.localhost:${port}`, forcePathStyle: false,
    requestHandler: { httpAgent: new http.Agent({ lookup }), httpsAgent: new https.Agent({ lookup }) },
  });
}

let numbers = 0;
export const unique = (prefix) => `${prefix}-${process.pid}-${++numbers}`;

/** A bucket for the length of a test. */
export async function withBucket(client, body) {
  const Bucket = unique('js');
  await client.send(new CreateBucketCommand({ Bucket }));
  try {
    await body(Bucket);
  } finally {
    const left = await client.send(new ListObjectVersionsCommand({ Bucket }));
    for (const v of [...left.Versions ?? [], ...left.DeleteMarkers ?? []])
      await client.send(new DeleteObjectCommand({ Bucket, Key: v.Key, VersionId: v.VersionId }));
    await client.send(new DeleteBucketCommand({ Bucket }));
  }
}

/** The head of the last request as it went over the wire. */
export function watch(client) {
  const seen = {};
  client.middlewareStack.add((next) => (args) => {
    seen.headers = args.request.headers;
    return next(args);
  }, { step: 'finalizeRequest', priority: 'low', name: 'watch' });
  return seen;
}
