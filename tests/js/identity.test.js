// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  CreateAccessKeyCommand, CreateRoleCommand, CreateUserCommand, DeleteAccessKeyCommand, DeleteRoleCommand,
  DeleteRolePolicyCommand, DeleteUserCommand, DeleteUserPolicyCommand, GetUserCommand, NoSuchEntityException,
  PutRolePolicyCommand, PutUserPolicyCommand, TagUserCommand, paginateListUsers, waitUntilUserExists,
} from '@aws-sdk/client-iam';
import { ListBucketsCommand } from '@aws-sdk/client-s3';
import { AssumeRoleCommand, GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { iam, s3, schemes, sts, unique } from './clients.js';

const allow = (Action) => JSON.stringify({
  Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action, Resource: '*' }] });

test('users are made, found in pages and waited for', async () => {
  const client = iam();
  const names = [unique('ann'), unique('bob'), unique('cyd')];
  for (const UserName of names)
    await client.send(new CreateUserCommand({ UserName, Path: '/js/' }));
  try {
    await waitUntilUserExists({ client, maxWaitTime: 5 }, { UserName: names[0] });
    const found = [];
    for await (const page of paginateListUsers({ client, pageSize: 2 }, { PathPrefix: '/js/' }))
      found.push(...page.Users.map((u) => u.UserName));
    assert.deepEqual(found, names);
    await client.send(new TagUserCommand({ UserName: names[0], Tags: [{ Key: 'team', Value: 'a b+c' }] }));
    const got = await client.send(new GetUserCommand({ UserName: names[0] }));
    assert.deepEqual(got.User.Tags, [{ Key: 'team', Value: 'a b+c' }]);
    assert.ok(Math.abs(got.User.CreateDate - new Date()) < 600_000);
  } finally {
    for (const UserName of names)
      await client.send(new DeleteUserCommand({ UserName }));
  }
  await assert.rejects(client.send(new GetUserCommand({ UserName: names[0] })), NoSuchEntityException);
});

for (const scheme of Object.keys(schemes))
  test(`${scheme}: a role is assumed and may what its policy says`, async () => {
    const root = iam({ endpoint: schemes[scheme] });
    const account = (await sts().send(new GetCallerIdentityCommand({}))).Account;
    const name = unique('js');
    await root.send(new CreateUserCommand({ UserName: name }));
    await root.send(new PutUserPolicyCommand({ UserName: name, PolicyName: 'p', PolicyDocument: allow('sts:*') }));
    const { AccessKey } = await root.send(new CreateAccessKeyCommand({ UserName: name }));
    const role = await root.send(new CreateRoleCommand({ RoleName: name, AssumeRolePolicyDocument: JSON.stringify({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { AWS: `arn:aws:iam::${account}:root` } }],
    }) }));
    await root.send(new PutRolePolicyCommand({
      RoleName: name, PolicyName: 'p', PolicyDocument: allow('s3:ListAllMyBuckets') }));
    try {
      const user = { accessKeyId: AccessKey.AccessKeyId, secretAccessKey: AccessKey.SecretAccessKey };
      await assert.rejects(s3(scheme, { credentials: user }).send(new ListBucketsCommand({})), { name: 'AccessDenied' });
      const { Credentials: c } = await sts({ endpoint: schemes[scheme], credentials: user }).send(
        new AssumeRoleCommand({ RoleArn: role.Role.Arn, RoleSessionName: 'js', DurationSeconds: 900 }));
      const session = { accessKeyId: c.AccessKeyId, secretAccessKey: c.SecretAccessKey, sessionToken: c.SessionToken };
      await s3(scheme, { credentials: session }).send(new ListBucketsCommand({}));
      const who = await sts({ credentials: session }).send(new GetCallerIdentityCommand({}));
      assert.equal(who.Arn, `arn:aws:sts::${account}:assumed-role/${name}/js`);
    } finally {
      await root.send(new DeleteRolePolicyCommand({ RoleName: name, PolicyName: 'p' }));
      await root.send(new DeleteRoleCommand({ RoleName: name }));
      await root.send(new DeleteAccessKeyCommand({ UserName: name, AccessKeyId: AccessKey.AccessKeyId }));
      await root.send(new DeleteUserPolicyCommand({ UserName: name, PolicyName: 'p' }));
      await root.send(new DeleteUserCommand({ UserName: name }));
    }
  });
