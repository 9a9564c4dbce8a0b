// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  BatchGetSecretValueCommand, CreateSecretCommand, DeleteSecretCommand, DescribeSecretCommand, GetRandomPasswordCommand,
  GetSecretValueCommand, InvalidRequestException, ListSecretsCommand, PutSecretValueCommand, ResourceNotFoundException,
  RotateSecretCommand, paginateListSecrets,
} from '@aws-sdk/client-secrets-manager';
import { schemes, secrets, unique } from './clients.js';

for (const scheme of Object.keys(schemes))
  test(`${scheme}: a secret through its life`, async () => {
    const client = secrets({ endpoint: schemes[scheme] });
    const Name = unique('js/secret');
    const made = await client.send(new CreateSecretCommand({ Name, SecretString: 'p\u00e4ss "1"', Tags: [{ Key: 'a', Value: 'b' }] }));
    assert.match(made.ARN, new RegExp(`:secret:${Name}-[A-Za-z0-9]{6}$`));
    const got = await client.send(new GetSecretValueCommand({ SecretId: made.ARN }));
    assert.equal(got.SecretString, 'p\u00e4ss "1"');
    assert.deepEqual(got.VersionStages, ['AWSCURRENT']);
    assert.ok(Math.abs(got.CreatedDate - new Date()) < 600_000);
    await client.send(new PutSecretValueCommand({ SecretId: Name, SecretBinary: new Uint8Array([0, 1, 255]) }));
    const binary = await client.send(new GetSecretValueCommand({ SecretId: Name }));
    assert.deepEqual([...binary.SecretBinary], [0, 1, 255]);
    const seen = await client.send(new DescribeSecretCommand({ SecretId: Name }));
    assert.deepEqual(Object.values(seen.VersionIdsToStages).flat().sort(), ['AWSCURRENT', 'AWSPREVIOUS']);
    await assert.rejects(client.send(new RotateSecretCommand({ SecretId: Name })),
      (e) => e instanceof InvalidRequestException &&
        e.message === 'No Lambda rotation function ARN is associated with this secret.');
    await client.send(new DeleteSecretCommand({ SecretId: Name, ForceDeleteWithoutRecovery: true }));
    await assert.rejects(client.send(new GetSecretValueCommand({ SecretId: Name })), ResourceNotFoundException);
  });

test('secrets in batches and pages', async () => {
  const client = secrets();
  const names = [unique('batch'), unique('batch'), unique('batch')];
  for (const Name of names)
    await client.send(new CreateSecretCommand({ Name, SecretString: `of ${Name}`, Description: 'in a batch' }));
  const Filters = [{ Key: 'name', Values: ['batch-'] }];
  const found = [];
  for await (const page of paginateListSecrets({ client, pageSize: 2 }, { Filters, SortBy: 'name', SortOrder: 'desc' }))
    found.push(...page.SecretList.map((s) => s.Name));
  assert.deepEqual(found, [...names].sort().reverse());
  const batch = await client.send(new BatchGetSecretValueCommand({ SecretIdList: [...names, 'none'] }));
  assert.deepEqual(batch.SecretValues.map((v) => v.SecretString), names.map((n) => `of ${n}`));
  assert.deepEqual(batch.Errors.map((e) => e.ErrorCode), ['ResourceNotFoundException']);
  await client.send(new DeleteSecretCommand({ SecretId: names[0] }));
  const marked = await client.send(new ListSecretsCommand({ Filters, IncludePlannedDeletion: true }));
  assert.ok(marked.SecretList.find((s) => s.Name === names[0]).DeletedDate > new Date());
  for (const SecretId of names)
    await client.send(new DeleteSecretCommand({ SecretId, ForceDeleteWithoutRecovery: true }));
});

test('passwords', async () => {
  const { RandomPassword } = await secrets().send(new GetRandomPasswordCommand({ PasswordLength: 20, ExcludePunctuation: true }));
  assert.match(RandomPassword, /^[A-Za-z0-9]{20}$/);
});
