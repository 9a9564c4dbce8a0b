// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { createPublicKey, verify } from 'node:crypto';
import { test } from 'node:test';
import {
  CreateAliasCommand, CreateKeyCommand, DecryptCommand, DeriveSharedSecretCommand, DescribeKeyCommand, DisabledException,
  DisableKeyCommand, EncryptCommand, GenerateDataKeyCommand, GetPublicKeyCommand, InvalidCiphertextException,
  NotFoundException, RotateKeyOnDemandCommand, SignCommand, paginateListKeyRotations,
} from '@aws-sdk/client-kms';
import { kms, schemes, unique } from './clients.js';

const key = async (client, more = {}) => (await client.send(new CreateKeyCommand(more))).KeyMetadata;

for (const scheme of Object.keys(schemes))
  test(`${scheme}: what was encrypted under an alias is decrypted`, async () => {
    const client = kms({ endpoint: schemes[scheme] });
    const { KeyId, Arn } = await key(client);
    const AliasName = `alias/${unique('js')}`;
    await client.send(new CreateAliasCommand({ AliasName, TargetKeyId: KeyId }));
    const EncryptionContext = { tenant: 'ü' };
    const sealed = await client.send(new EncryptCommand({ KeyId: AliasName, Plaintext: Buffer.from('text'), EncryptionContext }));
    const opened = await client.send(new DecryptCommand({ CiphertextBlob: sealed.CiphertextBlob, EncryptionContext }));
    assert.equal(Buffer.from(opened.Plaintext).toString(), 'text');
    assert.equal(opened.KeyId, Arn);
    await assert.rejects(client.send(new DecryptCommand({ CiphertextBlob: sealed.CiphertextBlob })), InvalidCiphertextException);
    const data = await client.send(new GenerateDataKeyCommand({ KeyId, KeySpec: 'AES_256' }));
    assert.equal(data.Plaintext.length, 32);
    await client.send(new DisableKeyCommand({ KeyId }));
    await assert.rejects(client.send(new EncryptCommand({ KeyId, Plaintext: Buffer.from('x') })), DisabledException);
  });

test('a signature is verified by the public key', async () => {
  const client = kms();
  const { KeyId } = await key(client, { KeySpec: 'ECC_NIST_P256', KeyUsage: 'SIGN_VERIFY' });
  const { PublicKey } = await client.send(new GetPublicKeyCommand({ KeyId }));
  const Message = Buffer.from('message');
  const { Signature } = await client.send(new SignCommand({ KeyId, Message, SigningAlgorithm: 'ECDSA_SHA_256' }));
  const publicKey = createPublicKey({ key: Buffer.from(PublicKey), format: 'der', type: 'spki' });
  assert.ok(verify('sha256', Message, publicKey, Signature));
});

test('two keys agree on a secret', async () => {
  const client = kms();
  const spec = { KeySpec: 'ECC_NIST_P384', KeyUsage: 'KEY_AGREEMENT' };
  const [one, other] = [await key(client, spec), await key(client, spec)];
  const secret = async (mine, theirs) => {
    const { PublicKey } = await client.send(new GetPublicKeyCommand({ KeyId: theirs.KeyId }));
    const { SharedSecret } = await client.send(new DeriveSharedSecretCommand({
      KeyId: mine.KeyId, KeyAgreementAlgorithm: 'ECDH', PublicKey }));
    return Buffer.from(SharedSecret).toString('hex');
  };
  assert.equal(await secret(one, other), await secret(other, one));
});

test('rotations are listed in pages, and what was there before is decrypted', async () => {
  const client = kms();
  const { KeyId } = await key(client);
  const { CiphertextBlob } = await client.send(new EncryptCommand({ KeyId, Plaintext: Buffer.from('old') }));
  for (let i = 0; i < 3; i++)
    await client.send(new RotateKeyOnDemandCommand({ KeyId }));
  const sizes = [];
  for await (const page of paginateListKeyRotations({ client, pageSize: 2 }, { KeyId }))
    sizes.push(page.Rotations.length);
  assert.deepEqual(sizes, [2, 1]);
  const { Plaintext } = await client.send(new DecryptCommand({ CiphertextBlob }));
  assert.equal(Buffer.from(Plaintext).toString(), 'old');
});

test('a key that is not there', async () => {
  await assert.rejects(kms().send(new DescribeKeyCommand({ KeyId: 'alias/never' })), NotFoundException);
});
