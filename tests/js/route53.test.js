// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { Resolver } from 'node:dns/promises';
import { test } from 'node:test';
import {
  ChangeResourceRecordSetsCommand, CreateHealthCheckCommand, CreateHostedZoneCommand, DeleteHealthCheckCommand,
  DeleteHostedZoneCommand, GetChangeCommand, GetHealthCheckCommand, GetHostedZoneCommand, HostedZoneAlreadyExists,
  InvalidChangeBatch, ListResourceRecordSetsCommand, NoSuchHostedZone, paginateListHostedZones,
  waitUntilResourceRecordSetsChanged,
} from '@aws-sdk/client-route-53';
import { route53, schemes, unique } from './clients.js';

const a = (Name, ...values) => ({ Name, Type: 'A', TTL: 60, ResourceRecords: values.map((Value) => ({ Value })) });
const changes = (...list) => ({ Changes: list.map(([Action, ResourceRecordSet]) => ({ Action, ResourceRecordSet })) });

async function withZone(client, body) {
  const name = `${unique('js')}.test`;
  const made = await client.send(new CreateHostedZoneCommand({ Name: name, CallerReference: name }));
  const HostedZoneId = made.HostedZone.Id;
  try {
    await body(HostedZoneId, name, made);
  } finally {
    const page = await client.send(new ListResourceRecordSetsCommand({ HostedZoneId }));
    const left = page.ResourceRecordSets.filter((r) => r.Name !== `${name}.`);
    if (left.length)
      await client.send(new ChangeResourceRecordSetsCommand({
        HostedZoneId, ChangeBatch: changes(...left.map((r) => ['DELETE', r])) }));
    await client.send(new DeleteHostedZoneCommand({ Id: HostedZoneId }));
  }
}

for (const scheme of Object.keys(schemes))
  test(`${scheme}: a record is served when its call returns`, async () => {
    const client = route53({ endpoint: schemes[scheme] });
    await withZone(client, async (HostedZoneId, name) => {
      const { ChangeInfo } = await client.send(new ChangeResourceRecordSetsCommand({
        HostedZoneId, ChangeBatch: changes(['CREATE', a(`www.${name}`, '192.0.2.1')]) }));
      const resolver = new Resolver();
      resolver.setServers([process.env.NP_DNS]);
      assert.deepEqual(await resolver.resolve4(`www.${name}`), ['192.0.2.1']);
      await waitUntilResourceRecordSetsChanged({ client, maxWaitTime: 60 }, { Id: ChangeInfo.Id });
      assert.equal((await client.send(new GetChangeCommand({ Id: ChangeInfo.Id }))).ChangeInfo.Status, 'INSYNC');
    });
  });

test('errors have their classes', async () => {
  const client = route53();
  await withZone(client, async (HostedZoneId, name) => {
    await assert.rejects(client.send(new CreateHostedZoneCommand({ Name: name, CallerReference: name })),
      HostedZoneAlreadyExists);
    const twice = changes(['CREATE', a(`x.${name}`, '192.0.2.1')], ['CREATE', a(`x.${name}`, '192.0.2.1')]);
    await assert.rejects(client.send(new ChangeResourceRecordSetsCommand({ HostedZoneId, ChangeBatch: twice })),
      (e) => e instanceof InvalidChangeBatch && /invalid set of changes/.test(e.message));
    await assert.rejects(client.send(new GetHostedZoneCommand({ Id: 'Z1' })), NoSuchHostedZone);
    const names = [];
    for await (const page of paginateListHostedZones({ client, pageSize: 1 }, {}))
      names.push(...page.HostedZones.map((z) => z.Name));
    assert.ok(names.includes(`${name}.`));
  });
});

test('a health check is made and read', async () => {
  const client = route53();
  const { HealthCheck } = await client.send(new CreateHealthCheckCommand({
    CallerReference: unique('js'), HealthCheckConfig: { Type: 'HTTPS', FullyQualifiedDomainName: 'www.example.com' } }));
  const got = await client.send(new GetHealthCheckCommand({ HealthCheckId: HealthCheck.Id }));
  assert.equal(got.HealthCheck.HealthCheckConfig.EnableSNI, true);
  await client.send(new DeleteHealthCheckCommand({ HealthCheckId: HealthCheck.Id }));
});
