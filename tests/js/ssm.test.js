// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  AddTagsToResourceCommand, DeleteParametersCommand, GetParameterCommand, GetParametersCommand,
  LabelParameterVersionCommand, ListTagsForResourceCommand, ParameterAlreadyExists, ParameterNotFound, PutParameterCommand,
  paginateGetParametersByPath,
} from '@aws-sdk/client-ssm';
import { schemes, ssm, unique } from './clients.js';

for (const scheme of Object.keys(schemes))
  test(`${scheme}: parameters are made, overwritten, opened and found`, async () => {
    const client = ssm({ endpoint: schemes[scheme] });
    const root = '/' + unique('js');
    const names = ['a', 'b', 'c'].map((n) => `${root}/${n}`);
    const put = (input) => client.send(new PutParameterCommand(input));
    await put({ Name: names[0], Value: 'ü "1"', Type: 'String' });
    await put({ Name: names[1], Value: 'x,y', Type: 'StringList', Tags: [{ Key: 'team', Value: 'web' }] });
    await put({ Name: names[2], Value: 'secret', Type: 'SecureString' });
    try {
      await assert.rejects(put({ Name: names[0], Value: 'x', Type: 'String' }), ParameterAlreadyExists);
      assert.equal((await put({ Name: names[0], Value: '2', Overwrite: true })).Version, 2);
      await client.send(new LabelParameterVersionCommand({ Name: names[0], ParameterVersion: 1, Labels: ['old'] }));
      const old = (await client.send(new GetParameterCommand({ Name: `${names[0]}:old` }))).Parameter;
      assert.deepEqual([old.Value, old.Version, old.Selector], ['ü "1"', 1, ':old']);
      assert.ok(Math.abs(old.LastModifiedDate - new Date()) < 600_000);
      const got = await client.send(new GetParametersCommand({ Names: [...names, '/nothing'], WithDecryption: true }));
      assert.deepEqual(got.Parameters.map((p) => p.Value), ['2', 'x,y', 'secret']);
      assert.deepEqual(got.InvalidParameters, ['/nothing']);
      const found = [];
      for await (const page of paginateGetParametersByPath({ client, pageSize: 2 }, { Path: root }))
        found.push(...page.Parameters.map((p) => p.Name));
      assert.deepEqual(found, names);
      const resource = { ResourceType: 'Parameter', ResourceId: names[1] };
      await client.send(new AddTagsToResourceCommand({ ...resource, Tags: [{ Key: 'stage', Value: 'a b' }] }));
      assert.deepEqual((await client.send(new ListTagsForResourceCommand(resource))).TagList,
        [{ Key: 'stage', Value: 'a b' }, { Key: 'team', Value: 'web' }]);
    } finally {
      await client.send(new DeleteParametersCommand({ Names: names }));
    }
    await assert.rejects(client.send(new GetParameterCommand({ Name: names[0] })), ParameterNotFound);
  });
