// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  AddTagsToCertificateCommand, DeleteCertificateCommand, DescribeCertificateCommand, ExportCertificateCommand,
  GetCertificateCommand, ListTagsForCertificateCommand, RequestCertificateCommand, RequestInProgressException,
  ResourceNotFoundException, paginateListCertificates,
} from '@aws-sdk/client-acm';
import { acm, schemes, unique } from './clients.js';

for (const scheme of Object.keys(schemes))
  test(`${scheme}: certificates are requested, described, listed and deleted`, async () => {
    const client = acm({ endpoint: schemes[scheme] });
    const name = `${unique('js')}.example.com`;
    const { CertificateArn } = await client.send(new RequestCertificateCommand({
      DomainName: name, SubjectAlternativeNames: [`*.${name}`], ValidationMethod: 'DNS', KeyAlgorithm: 'EC_prime256v1',
      Options: { Export: 'ENABLED' }, Tags: [{ Key: 'team', Value: 'web' }],
    }));
    const about = (await client.send(new DescribeCertificateCommand({ CertificateArn }))).Certificate;
    assert.deepEqual(about.SubjectAlternativeNames, [name, `*.${name}`]);
    assert.deepEqual(about.Options, { CertificateTransparencyLoggingPreference: 'ENABLED', Export: 'ENABLED' });
    assert.ok(Math.abs(about.CreatedAt - new Date()) < 600_000);
    assert.match(about.DomainValidationOptions[0].ResourceRecord.Name, /^_[0-9a-f]{32}\./);
    await client.send(new AddTagsToCertificateCommand({ CertificateArn, Tags: [{ Key: 'stage', Value: 'a b' }] }));
    assert.deepEqual((await client.send(new ListTagsForCertificateCommand({ CertificateArn }))).Tags,
      [{ Key: 'stage', Value: 'a b' }, { Key: 'team', Value: 'web' }]);
    const found = [];
    const asked = { Includes: { keyTypes: ['EC_prime256v1'], exportOption: 'ENABLED' }, CertificateStatuses: ['PENDING_VALIDATION'] };
    for await (const page of paginateListCertificates({ client, pageSize: 1 }, asked))
      found.push(...page.CertificateSummaryList.map((c) => c.CertificateArn));
    assert.ok(found.includes(CertificateArn));
    await assert.rejects(client.send(new GetCertificateCommand({ CertificateArn })), RequestInProgressException);
    await assert.rejects(client.send(new ExportCertificateCommand({ CertificateArn, Passphrase: Buffer.from('password') })),
      RequestInProgressException);
    await client.send(new DeleteCertificateCommand({ CertificateArn }));
    await assert.rejects(client.send(new DescribeCertificateCommand({ CertificateArn })), ResourceNotFoundException);
  });
