# SPDX-License-Identifier: Apache-2.0
"""One folder of cases/, taken through its life; what was seen of each resource type is in `seen`."""
import datetime
import json
import os
import re
import shutil
import subprocess
import tempfile
import time

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

from provider import CONFIGURATION, Attached, Unattached

CASES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "cases")
SECONDS = 300


class Failed(Exception):
    pass


def self_signed(name, alternative, key):
    """A certificate that signs itself, and its key, as PEM; key: rsa or ec."""
    private = rsa.generate_private_key(65537, 2048) if key == "rsa" else ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.datetime.utcnow()
    certificate = (
        x509.CertificateBuilder().subject_name(subject).issuer_name(subject).public_key(private.public_key())
        .serial_number(x509.random_serial_number()).not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=365))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(alternative)]), critical=False)
        .sign(private, hashes.SHA256()))
    pem = serialization.Encoding.PEM
    return (certificate.public_bytes(pem).decode(),
            private.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()).decode())


class Case:
    def __init__(self, name, region, account, provider):
        self.name, self.region, self.account, self.provider = name, region, account, provider
        self.folder = os.path.join(CASES, name)
        self.special = special(name)
        self.env = {**region.env(key=account, secret="any"), **provider.env,
                    **{k: v.format(endpoint=region.endpoint) for k, v in self.special.get("env", {}).items()}}
        self.seen = {}     # resource type -> {"apply", "update", "import", "no import", "destroy"}
        self.read = set()  # data sources
        self.steps = []
        self.work = None

    # --- terraform ---

    def terraform(self, *args):
        """Its messages; and whether it succeeded."""
        began = time.monotonic()
        argv = ["terraform", args[0], "-json", "-input=false", *args[1:]]
        done = subprocess.run(argv, cwd=self.work, env=self.env, capture_output=True, text=True, timeout=SECONDS,
                              check=False)
        self.steps.append(f"{args[0]} {time.monotonic() - began:.0f}s")
        said = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
        if not said:
            raise Failed(f"{' '.join(argv)}: exit {done.returncode}\n{done.stderr[-3000:]}")
        return said, done.returncode == 0

    def must(self, what, *args):
        said, ok = self.terraform(*args)
        if not ok:
            raise Failed(f"{what}:\n" + "\n".join(diagnostics(said).values()))
        return said

    def apply(self, what, *args):
        """What it did: (address, type, action) of each managed resource."""
        return changes(self.must(what, "apply", "-auto-approve", *args))

    def no_changes(self, what, *args):
        said = self.must(f"the plan {what}", "plan", "-out=found.plan", *args)
        found = [a for a, _, action in changes(said) if action not in ("noop", "read")]
        if found:
            raise Failed(f"the plan {what} is not empty: {', '.join(found)}\n{self.shown('found.plan')}")

    def shown(self, plan):
        """A plan as people read it."""
        done = subprocess.run(["terraform", "show", "-no-color", plan], cwd=self.work, env=self.env,
                              capture_output=True, text=True, timeout=SECONDS, check=False)
        return done.stdout[-4000:]

    def attached(self):
        """One process of the provider has one configuration: with two regions each step starts its own."""
        if not self.special.get("two_regions"):
            return Attached(self.provider, self.env, self.work)
        done = subprocess.run(["terraform", "init", "-input=false"], cwd=self.work, env=self.env, capture_output=True,
                              text=True, timeout=SECONDS, check=False)
        if done.returncode != 0:
            raise Failed(f"init:\n{done.stderr[-2000:]}")
        return Unattached()

    # --- the state ---

    def state(self):
        path = os.path.join(self.work, "terraform.tfstate")
        with open(path, encoding="utf-8") as f:
            return json.load(f)

    def managed(self):
        """(address, type, attributes) of what the state has."""
        for r in self.state()["resources"]:
            for i in r["instances"] if r["mode"] == "managed" else []:
                index = f"[{json.dumps(i['index_key'])}]" if "index_key" in i else ""
                yield f"{r['type']}.{r['name']}{index}", r["type"], i["attributes"]

    def forget(self, types):
        state = self.state()
        state["serial"] += 1
        state["resources"] = [r for r in state["resources"] if r["mode"] == "managed" and r["type"] not in types]
        with open(os.path.join(self.work, "terraform.tfstate"), "w", encoding="utf-8") as f:
            json.dump(state, f)

    def see(self, kind, what):
        self.seen.setdefault(kind, set()).add(what)

    # --- the steps ---

    def prepare(self):
        self.work = tempfile.mkdtemp(prefix=f"nephele-tf-{self.name}-")
        shutil.copytree(self.folder, self.work, dirs_exist_ok=True)
        self.write("provider_of_test.tf", CONFIGURATION)
        for file, of in self.special.get("certificates", {}).items():
            certificate, key = self_signed(**of)
            self.write(file + ".pem", certificate)
            self.write(file + ".key", key)

    def write(self, name, text):
        with open(os.path.join(self.work, name), "w", encoding="utf-8") as f:
            f.write(text)

    def create(self):
        self.apply("apply")
        self.no_changes("after apply")
        for _, kind, _ in self.managed():
            self.see(kind, "apply")
        self.read = {r["type"] for r in self.state()["resources"] if r["mode"] == "data"}

    def update(self, *args):
        for _, kind, action in self.apply("the update", *args):
            if action == "update":
                self.see(kind, action)
        self.no_changes("after the update", *args)

    def import_all(self, *args):
        ids = {address: (kind, self.import_id(kind, attributes)) for address, kind, attributes in self.managed()}
        types = {kind for kind, i in ids.values() if i is not None}
        for kind, i in ids.values():
            self.see(kind, "no import" if i is None else "import")
        self.forget(types)
        self.write("import_of_test.tf", "\n".join(f"import {{\n  to = {address}\n  id = {json.dumps(i)}\n}}\n"
                                                  for address, (_, i) in ids.items() if i is not None))
        said = self.must("the plan of the import", "plan", "-out=import.plan", *args)
        may, changed = set(self.special.get("import_changes", [])), False
        for address, kind, action in changes(said):
            if action == "update" and (address in may or kind in may):
                changed = True
            elif action not in ("noop", "read", "import"):
                raise Failed(f"imported, {address} would be {action}d:\n{self.shown('import.plan')}")
        self.must("the import", "apply", "import.plan")
        os.unlink(os.path.join(self.work, "import_of_test.tf"))
        if changed:
            self.no_changes("after the import", *args)

    def import_id(self, kind, attributes):
        pattern = self.special.get("import", {}).get(kind, "{id}")
        return None if pattern is None else pattern.format(**attributes)

    def destroy(self, *args):
        types = {kind for _, kind, _ in self.managed()}
        self.apply("destroy", "-destroy", *args)
        left = [address for address, _, _ in self.managed()] + leftovers(self.region, self.account)
        if left:
            raise Failed(f"destroy left {left}")
        for kind in types:
            self.see(kind, "destroy")

    def live(self):
        self.create()
        args = []
        if os.path.exists(os.path.join(self.work, "update.tfvars")):
            args = ["-var-file=update.tfvars"]
            self.update(*args)
        self.import_all(*args)
        self.destroy(*args)

    def refuse(self):
        """Every resource and data source of `refused` fails by itself, and says that it is not served."""
        said, ok = self.terraform("apply", "-auto-approve")
        if ok:
            raise Failed("nothing was refused")
        why = diagnostics(said)
        for kind, entry in self.special["refused"].items():
            told = why.get(kind, "no error")
            if not re.search(entry["error"], told):
                raise Failed(f"{kind} was not refused with {entry['error']!r} but: {told}")
        others = set(why) - set(self.special["refused"])
        if others:
            raise Failed("\n".join(why[o] for o in others))
        self.forget(set(self.special["refused"]))
        self.destroy("-refresh=false")  # data sources that are refused are not read again
        self.seen.clear()

    def run(self):
        try:
            self.prepare()
            with self.attached() as attached:
                self.env.update(attached.variables)
                (self.refuse if "refused" in self.special else self.live)()
            return None
        except (Failed, subprocess.TimeoutExpired) as e:
            return str(e)
        finally:
            shutil.rmtree(self.work, ignore_errors=True)


def names():
    return sorted(d.name for d in os.scandir(CASES) if d.is_dir())


def special(name):
    path = os.path.join(CASES, name, "case.json")
    if not os.path.exists(path):
        return {}
    with open(path, encoding="utf-8") as f:
        return json.load(f)


def changes(said):
    """(address, type, action) of what terraform planned for managed resources."""
    out = []
    for m in said:
        if m["type"] == "planned_change":
            resource = m["change"]["resource"]
            out.append((resource["addr"], resource["resource_type"], m["change"]["action"]))
    return out


def diagnostics(said):
    """Errors by resource type ("" for those of none)."""
    out = {}
    for m in said:
        d = m.get("diagnostic", {})
        if d.get("severity") != "error":
            continue
        kind = re.sub(r"^data\.", "", d.get("address", "")).partition(".")[0]
        text = " ".join(f"{d.get('address', '')}: {d['summary']} {d.get('detail', '')}".split())
        out[kind] = out.get(kind, "") + text + "\n"
    return out


def left_of_ec2(ec2):
    """What is there beside the default VPC."""
    def that(name, value):
        return [{"Name": name, "Values": [value]}]
    left = [v["VpcId"] for v in ec2.describe_vpcs(Filters=that("is-default", "false"))["Vpcs"]]
    left += [s["SubnetId"] for s in ec2.describe_subnets(Filters=that("default-for-az", "false"))["Subnets"]]
    left += [t["RouteTableId"] for t in ec2.describe_route_tables()["RouteTables"]
             if not any(a["Main"] for a in t["Associations"])]
    left += [g["InternetGatewayId"] for g in ec2.describe_internet_gateways()["InternetGateways"]][1:]
    left += [n["NatGatewayId"] for n in ec2.describe_nat_gateways()["NatGateways"] if n["State"] != "deleted"]
    left += [d["DhcpOptionsId"] for d in ec2.describe_dhcp_options()["DhcpOptions"]][1:]
    left += [p["VpcPeeringConnectionId"] for p in ec2.describe_vpc_peering_connections()["VpcPeeringConnections"]
             if p["Status"]["Code"] not in ("deleted", "rejected", "failed", "expired")]
    return left + [a["AllocationId"] for a in ec2.describe_addresses()["Addresses"]] + left_of_security(ec2)


def left_of_security(ec2):
    """What guards networks, beside what a VPC has by itself."""
    left = [g["GroupId"] for g in ec2.describe_security_groups()["SecurityGroups"] if g["GroupName"] != "default"]
    left += [a["NetworkAclId"] for a in ec2.describe_network_acls()["NetworkAcls"] if not a["IsDefault"]]
    left += [i["NetworkInterfaceId"] for i in ec2.describe_network_interfaces()["NetworkInterfaces"]]
    left += [p["PrefixListId"] for p in ec2.describe_managed_prefix_lists()["PrefixLists"] if p["OwnerId"] != "AWS"]
    left += [e["VpcEndpointId"] for e in ec2.describe_vpc_endpoints()["VpcEndpoints"]]
    return left + [f["FlowLogId"] for f in ec2.describe_flow_logs()["FlowLogs"]]


def leftovers(region, account):
    """What an account that was emptied still has."""
    def client(service):
        return region.client(service, account, "any")
    left = [b["Name"] for b in client("s3").list_buckets()["Buckets"]]
    iam = client("iam")
    for list_of, key, name in [("list_users", "Users", "UserName"), ("list_roles", "Roles", "RoleName"),
                               ("list_groups", "Groups", "GroupName"),
                               ("list_instance_profiles", "InstanceProfiles", "InstanceProfileName"),
                               ("list_virtual_mfa_devices", "VirtualMFADevices", "SerialNumber"),
                               ("list_open_id_connect_providers", "OpenIDConnectProviderList", "Arn")]:
        left += [r[name] for r in getattr(iam, list_of)()[key]]
    kms = client("kms")
    left += [k["KeyId"] for k in kms.list_keys()["Keys"]
             if kms.describe_key(KeyId=k["KeyId"])["KeyMetadata"]["KeyManager"] == "CUSTOMER"
             and "DeletionDate" not in kms.describe_key(KeyId=k["KeyId"])["KeyMetadata"]]
    left += [a["AliasName"] for a in kms.list_aliases()["Aliases"] if not a["AliasName"].startswith("alias/aws/")]
    left += [p["PolicyName"] for p in iam.list_policies(Scope="Local")["Policies"]]
    left += [p["Name"] for p in client("ssm").describe_parameters()["Parameters"]]
    left += [c["CertificateArn"] for c in client("acm").list_certificates(
        Includes={"keyTypes": ["RSA_2048", "EC_prime256v1"]})["CertificateSummaryList"]]
    r53 = client("route53")
    left += [z["Id"] for z in r53.list_hosted_zones()["HostedZones"]]
    left += [h["Id"] for h in r53.list_health_checks()["HealthChecks"]]
    left += [d["Id"] for d in r53.list_reusable_delegation_sets()["DelegationSets"]]
    edge = client("cloudfront")
    left += [d["Id"] for d in edge.list_distributions()["DistributionList"].get("Items", [])]
    left += [k["Id"] for k in edge.list_public_keys()["PublicKeyList"].get("Items", [])]
    left += [c["Id"] for c in edge.list_origin_access_controls()["OriginAccessControlList"].get("Items", [])]
    left += [p["CachePolicy"]["Id"] for p in edge.list_cache_policies(Type="custom")["CachePolicyList"].get("Items", [])]
    left += left_of_ec2(client("ec2"))
    left += [s["Name"] for s in client("secretsmanager").list_secrets()["SecretList"]]
    return left + iam.list_account_aliases()["AccountAliases"]
