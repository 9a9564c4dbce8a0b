// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  CreateDistributionWithTagsCommand, CreateInvalidationCommand, CreateOriginAccessControlCommand,
  DeleteDistributionCommand, DeleteOriginAccessControlCommand, DistributionNotDisabled, GetDistributionCommand,
  ListTagsForResourceCommand, NoSuchDistribution, UpdateDistributionCommand, paginateListDistributions,
  waitUntilDistributionDeployed, waitUntilInvalidationCompleted,
} from '@aws-sdk/client-cloudfront';
import { cloudfront, schemes, unique } from './clients.js';

for (const scheme of Object.keys(schemes))
  test(`${scheme}: a distribution is made, waited for, invalidated, disabled and deleted`, async () => {
    const client = cloudfront({ endpoint: schemes[scheme] });
    const name = unique('js');
    const control = await client.send(new CreateOriginAccessControlCommand({ OriginAccessControlConfig: {
      Name: name, SigningProtocol: 'sigv4', SigningBehavior: 'always', OriginAccessControlOriginType: 's3' } }));
    const { Distribution, ETag } = await client.send(new CreateDistributionWithTagsCommand({
      DistributionConfigWithTags: { Tags: { Items: [{ Key: 'team', Value: 'web' }] }, DistributionConfig: {
        CallerReference: name, Comment: 'ä <site>', Enabled: true,
        Origins: { Quantity: 1, Items: [{ Id: 'site', DomainName: `${name}.s3.us-east-1.amazonaws.com`,
          OriginAccessControlId: control.OriginAccessControl.Id, S3OriginConfig: { OriginAccessIdentity: '' } }] },
        DefaultCacheBehavior: { TargetOriginId: 'site', ViewerProtocolPolicy: 'redirect-to-https',
          CachePolicyId: '658327ea-f89d-4fab-a63d-7e88639e58f6' } } } }));
    const Id = Distribution.Id;
    await waitUntilDistributionDeployed({ client, minDelay: 1, maxWaitTime: 20 }, { Id });
    const about = await client.send(new GetDistributionCommand({ Id }));
    assert.equal(about.Distribution.DistributionConfig.Comment, 'ä <site>');
    assert.equal(about.ETag, ETag);
    assert.deepEqual((await client.send(new ListTagsForResourceCommand({ Resource: Distribution.ARN }))).Tags.Items,
      [{ Key: 'team', Value: 'web' }]);
    const found = [];
    for await (const page of paginateListDistributions({ client, pageSize: 1 }, {}))
      found.push(...(page.DistributionList.Items ?? []).map((d) => d.Id));
    assert.ok(found.includes(Id));
    const { Invalidation } = await client.send(new CreateInvalidationCommand({ DistributionId: Id,
      InvalidationBatch: { CallerReference: name, Paths: { Quantity: 1, Items: ['/*'] } } }));
    await waitUntilInvalidationCompleted({ client, minDelay: 1, maxWaitTime: 20 }, { DistributionId: Id, Id: Invalidation.Id });
    await assert.rejects(client.send(new DeleteDistributionCommand({ Id, IfMatch: ETag })), DistributionNotDisabled);
    const off = await client.send(new UpdateDistributionCommand({ Id, IfMatch: ETag,
      DistributionConfig: { ...about.Distribution.DistributionConfig, Enabled: false } }));
    await client.send(new DeleteDistributionCommand({ Id, IfMatch: off.ETag }));
    await client.send(new DeleteOriginAccessControlCommand({ Id: control.OriginAccessControl.Id, IfMatch: control.ETag }));
    await assert.rejects(client.send(new GetDistributionCommand({ Id })), NoSuchDistribution);
  });
