# SPDX-License-Identifier: Apache-2.0
"""A VPC as its guests and this host see it: names, APIs with their zone, endpoints and their policies, the relay
to the outside, public addresses, `nephele connect`, rules that change, flow logs. Real packets."""
import base64
import gzip
import json
import os
import socket
import socketserver
import subprocess
import threading
import time

import pytest

from region import Region, program, wait_for

ON_HOST = pytest.mark.skipif(os.geteuid() != 0, reason="namespaces of networks: run as root")
pytestmark = ON_HOST

# What the guest runs: a shell for whoever connects, and two ports.
USER_DATA = r'''#!/bin/sh
cat > /tmp/sh.py <<'END'
import socketserver, subprocess
class H(socketserver.StreamRequestHandler):
    def handle(self):
        line = self.rfile.readline().decode()
        p = subprocess.run(line, shell=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=60)
        self.wfile.write(p.stdout + b"\n%d" % p.returncode)
class S(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
S(("", 7000), H).serve_forever()
END
mkdir -p /tmp/www && echo hello > /tmp/www/index.html
setsid python3 /tmp/sh.py >/dev/null 2>&1 &
cd /tmp/www
setsid python3 -m http.server 8080 >/dev/null 2>&1 &
setsid python3 -m http.server 8081 >/dev/null 2>&1 &
'''


def own_address():
    """An address of this host that is not loopback; nothing is sent."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.connect(("192.0.2.1", 9))
        return s.getsockname()[0]


class Echo(socketserver.BaseRequestHandler):
    def handle(self):
        if isinstance(self.request, tuple):
            self.request[1].sendto(self.request[0].upper(), self.client_address)
            return
        while data := self.request.recv(65536):
            self.request.sendall(data)


class World:
    """One region with a VPC of two subnets: the first has a way out, the second none."""

    def __init__(self):
        try:
            self.host = own_address()
        except OSError:
            pytest.skip("this host has no address but loopback")
        self.tcp = socketserver.ThreadingTCPServer((self.host, 0), Echo)
        self.udp = socketserver.ThreadingUDPServer((self.host, 0), Echo)
        for server in (self.tcp, self.udp):
            threading.Thread(target=server.serve_forever, daemon=True).start()
        self.region = Region(dev=True, egress=f"{self.host}/32")
        self.ec2, self.s3 = self.region.client("ec2"), self.region.client("s3")
        self.make_network()
        self.out = self.run(self.public, True)
        self.inner = self.run(self.private, False)
        for i in (self.out, self.inner):
            wait_for(lambda: self.sh(i, "true")[0] == 0, seconds=60, what="a guest that answers")

    def make_network(self):
        ec2 = self.ec2
        self.vpc = ec2.create_vpc(CidrBlock="10.7.0.0/16")["Vpc"]["VpcId"]
        ec2.modify_vpc_attribute(VpcId=self.vpc, EnableDnsHostnames={"Value": True})
        self.public, self.private = (ec2.create_subnet(
            VpcId=self.vpc, CidrBlock=f"10.7.{n}.0/24", AvailabilityZone="us-east-1a")["Subnet"]["SubnetId"]
            for n in (1, 2))
        gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
        ec2.attach_internet_gateway(VpcId=self.vpc, InternetGatewayId=gateway)
        table = ec2.create_route_table(VpcId=self.vpc)["RouteTable"]["RouteTableId"]
        ec2.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", GatewayId=gateway)
        ec2.associate_route_table(RouteTableId=table, SubnetId=self.public)
        self.main_table = ec2.describe_route_tables(Filters=[
            {"Name": "vpc-id", "Values": [self.vpc]}, {"Name": "association.main", "Values": ["true"]}
        ])["RouteTables"][0]["RouteTableId"]
        self.group = ec2.create_security_group(GroupName="web", Description="d", VpcId=self.vpc)["GroupId"]
        self.allow(8080)

    def allow(self, port, revoke=False):
        call = self.ec2.revoke_security_group_ingress if revoke else self.ec2.authorize_security_group_ingress
        call(GroupId=self.group, IpPermissions=[{"IpProtocol": "tcp", "FromPort": port, "ToPort": port,
                                                 "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}])

    def run(self, subnet, public):
        image = self.ec2.describe_images(Owners=["amazon"])["Images"][0]["ImageId"]
        made = self.ec2.run_instances(
            ImageId=image, MinCount=1, MaxCount=1, InstanceType="t3.micro", UserData=USER_DATA,
            NetworkInterfaces=[{"DeviceIndex": 0, "SubnetId": subnet, "AssociatePublicIpAddress": public,
                                "Groups": [self.group]}])
        return made["Instances"][0]["InstanceId"]

    def describe(self, instance):
        return self.ec2.describe_instances(InstanceIds=[instance])["Reservations"][0]["Instances"][0]

    def connect(self, name, port, data, seconds=60):
        """What `nephele connect` reads to the end."""
        return subprocess.run([program(), "connect", name, str(port), "--data", self.region.data], input=data,
                              capture_output=True, timeout=seconds, check=False)

    def sh(self, instance, line):
        """(exit status, output) of a line of shell in a guest, by way of `nephele connect`."""
        done = self.connect(instance, 7000, line.encode() + b"\n")
        text, _, status = done.stdout.decode(errors="replace").rpartition("\n")
        return (int(status), text) if done.returncode == 0 and status.isdigit() else (-1, done.stderr.decode())

    def ports(self):
        """(address, port) on this host of the instance with a public address."""
        done = subprocess.run([program(), "endpoints", "--json", "--data", self.region.data], capture_output=True,
                              check=True)
        rows = json.loads(done.stdout)
        return [(r["address"], r["port"]) for r in rows if r["name"] == self.out]

    def close(self):
        self.region.close()
        for server in (self.tcp, self.udp):
            server.shutdown()
            server.server_close()


@pytest.fixture(scope="module")
def world():
    w = World()
    yield w
    w.close()


def speaks_http(address, port):
    try:
        with socket.create_connection((address, port), timeout=5) as s:
            s.sendall(b"GET /index.html HTTP/1.0\r\n\r\n")
            data = b""
            while part := s.recv(65536):
                data += part
            return b"hello" in data
    except OSError:
        return False


def test_public_address_on_this_host(world):
    address = world.describe(world.out)["PublicIpAddress"]
    wait_for(lambda: world.ports(), what="ports of the instance")
    assert world.ports() == [(address, 8080)]
    wait_for(lambda: speaks_http(address, 8080), what="an answer by the public address")
    assert not speaks_http(address, 8081)


UDP_ECHO = """import socket
s = socket.socket(type=socket.SOCK_DGRAM)
s.bind(("", 5055))
while True:
    data, peer = s.recvfrom(2000)
    s.sendto(peer[0].encode() + b" " + data.upper(), peer)
"""


def test_datagrams_to_a_public_address_on_this_host(world):
    address = world.describe(world.out)["PublicIpAddress"]
    line = f"printf '%s' '{base64.b64encode(UDP_ECHO.encode()).decode()}' | base64 -d > /tmp/echo.py; "
    assert world.sh(world.out, line + "setsid /usr/bin/python3 /tmp/echo.py </dev/null >/dev/null 2>&1 &")[0] == 0
    wait_for(lambda: "13BF" in world.sh(world.out, "cat /proc/net/udp")[1], what="a server of datagrams in the guest")
    rule = dict(GroupId=world.group, IpPermissions=[{"IpProtocol": "udp", "FromPort": 5055, "ToPort": 5055,
                                                     "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}])
    world.ec2.authorize_security_group_ingress(**rule)
    wait_for(lambda: (address, 5055) in world.ports(), what="the port on this host")
    with socket.socket(type=socket.SOCK_DGRAM) as one, socket.socket(type=socket.SOCK_DGRAM) as two:
        for s in (one, two):
            s.settimeout(10)
            s.connect((address, 5055))
        one.send(b"first")  # waits for its way in
        assert one.recv(100) == b"203.0.113.10 FIRST"
        two.send(b"other")
        one.send(b"second")
        assert one.recv(100) == b"203.0.113.10 SECOND" and two.recv(100) == b"203.0.113.10 OTHER"
        world.ec2.revoke_security_group_ingress(**rule)
        wait_for(lambda: (address, 5055) not in world.ports(), what="no port on this host")
        with pytest.raises(ConnectionRefusedError):
            one.send(b"late")
            one.recv(100)


def test_connect_by_any_name(world):
    private = world.describe(world.inner)["PrivateIpAddress"]
    for name in (world.inner, private, f"ip-{private.replace('.', '-')}.ec2.internal", f"{world.vpc}/{private}"):
        done = world.connect(name, 8081, b"GET /index.html HTTP/1.0\r\n\r\n")
        assert done.returncode == 0 and b"hello" in done.stdout, (name, done)
    assert world.connect("i-00000000000000000", 22, b"").returncode == 1
    closed = world.connect(world.inner, 9, b"")
    assert closed.returncode == 1 and b"refused" in closed.stderr


NAMES = [
    ("s3.us-east-1.amazonaws.com", "198.51.100.2"), ("b.s3.amazonaws.com", "198.51.100.2"),
    ("sts.amazonaws.com", "198.51.100.1"), ("dynamodb.us-east-1.amazonaws.com", "198.51.100.1"),
]


def test_names_inside(world):
    out, inner = (world.describe(i) for i in (world.out, world.inner))
    own = f"ip-{inner['PrivateIpAddress'].replace('.', '-')}.ec2.internal"
    assert out["PublicDnsName"].startswith("ec2-127-")
    for name, address in NAMES + [(own, inner["PrivateIpAddress"]), (out["PublicDnsName"], out["PrivateIpAddress"])]:
        asker = world.out if name == own else world.inner  # its own name stands in its /etc/hosts
        status, text = world.sh(asker, f"getent ahostsv4 {name}")
        assert status == 0 and text.split()[0] == address, (name, text)
    status, text = world.sh(world.out, f"getent hosts {inner['PrivateIpAddress']}")
    assert status == 0 and own in text, text
    assert world.sh(world.inner, "getent hosts no.such.name.invalid")[0] == 2


def test_apis_are_reached_as_routes_say(world):
    ask = "curl -s -m 5 -o /dev/null -w '%{http_code}' 'https://sts.amazonaws.com/?Action=GetCallerIdentity'"
    assert world.sh(world.out, ask) == (0, "403"), "trusted, and nobody signed it"
    assert world.sh(world.inner, ask)[0] != 0, "no way out"
    page = "curl -s -m 5 -H 'Host: localhost' http://198.51.100.1/_nephele/health"
    assert "only programs of this host" in world.sh(world.out, page)[1]


def boto(world, code):
    """A line of Python with `s3`, of root, in a guest; endpoints are boto3's own."""
    key, secret = root_key(world)
    env = f"AWS_ACCESS_KEY_ID={key} AWS_SECRET_ACCESS_KEY={secret} AWS_DEFAULT_REGION=us-east-1"
    head = ("import boto3,botocore.config as c;"
            "s3=boto3.client('s3',config=c.Config(connect_timeout=3,read_timeout=5,retries={'max_attempts':0}));")
    return f"{env} /usr/bin/python3 -c \"{head}{code}\""


def root_key(world):
    with open(os.path.join(world.region.data, "root-keys"), encoding="utf-8") as f:
        words = dict(line.strip().split(" = ") for line in f if " = " in line)
    return words["aws_access_key_id"], words["aws_secret_access_key"]


def test_gateway_endpoint_and_its_policy(world):
    world.s3.create_bucket(Bucket="inside")
    world.s3.put_object(Bucket="inside", Key="k", Body=b"bytes of an object")
    get = boto(world, "print(s3.get_object(Bucket='inside',Key='k')['Body'].read())")
    put = boto(world, "s3.put_object(Bucket='inside',Key='new',Body=b'x')")
    assert "bytes of an object" in world.sh(world.out, get)[1], "by the internet gateway"
    assert world.sh(world.inner, get)[0] != 0, "no way to S3"
    read_only = json.dumps({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": "*", "Action": "s3:Get*", "Resource": "*"}]})
    endpoint = world.ec2.create_vpc_endpoint(
        VpcId=world.vpc, ServiceName="com.amazonaws.us-east-1.s3", RouteTableIds=[world.main_table],
        PolicyDocument=read_only)["VpcEndpoint"]["VpcEndpointId"]
    wait_for(lambda: "bytes of an object" in world.sh(world.inner, get)[1], what="S3 by the endpoint")
    status, text = world.sh(world.inner, put)
    assert status != 0 and "because no VPC endpoint policy allows the s3:PutObject action" in text
    assert world.sh(world.out, put)[0] == 0, "not by the endpoint: another table"
    # Who came by it is told by the condition keys.
    world.s3.put_bucket_policy(Bucket="inside", Policy=json.dumps({"Version": "2012-10-17", "Statement": [
        {"Effect": "Deny", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::inside/*",
         "Condition": {"StringNotEquals": {"aws:SourceVpce": endpoint}}}]}))
    assert "bytes of an object" in world.sh(world.inner, get)[1]
    assert "AccessDenied" in world.sh(world.out, get)[1]
    world.s3.delete_bucket_policy(Bucket="inside")
    world.ec2.delete_vpc_endpoints(VpcEndpointIds=[endpoint])
    wait_for(lambda: world.sh(world.inner, get)[0] != 0, what="no way to S3 again")


def test_interface_endpoint_with_private_names(world):
    endpoint = world.ec2.create_vpc_endpoint(
        VpcId=world.vpc, ServiceName="com.amazonaws.us-east-1.kms", SubnetIds=[world.private],
        SecurityGroupIds=[world.group], VpcEndpointType="Interface", PrivateDnsEnabled=True)["VpcEndpoint"]
    eni = endpoint["NetworkInterfaceIds"][0]
    address = world.ec2.describe_network_interfaces(NetworkInterfaceIds=[eni])["NetworkInterfaces"][0]["PrivateIpAddress"]
    ask = "curl -s -m 3 -X POST https://kms.us-east-1.amazonaws.com/ -H 'X-Amz-Target: TrentService.ListKeys'"
    for name in ("kms.us-east-1.amazonaws.com", endpoint["DnsEntries"][0]["DnsName"]):
        wait_for(lambda n=name: address in world.sh(world.inner, f"getent ahostsv4 {n}")[1], what="a private name")
    assert world.sh(world.inner, ask)[0] != 0, "its group lets nobody in"
    world.allow(443)
    wait_for(lambda: "MissingAuthenticationToken" in world.sh(world.inner, ask)[1], what="KMS by the endpoint")
    other = (f"curl -s -m 3 --resolve sts.amazonaws.com:443:{address} "
             "'https://sts.amazonaws.com/?Action=GetCallerIdentity&Version=2011-06-15'")
    assert "not of the service" in world.sh(world.inner, other)[1]
    world.ec2.delete_vpc_endpoints(VpcEndpointIds=[endpoint["VpcEndpointId"]])
    wait_for(lambda: "198.51.100.1" in world.sh(world.inner, "getent ahostsv4 kms.us-east-1.amazonaws.com")[1],
             what="the public address again")
    world.allow(443, revoke=True)


def test_relay_by_egress_rules(world):
    host, port = world.tcp.server_address
    line = (f"/usr/bin/python3 -c \"import socket;s=socket.create_connection(('{host}',{port}),5);"
            "s.sendall(b'x'*300000);s.shutdown(1);print(len(b''.join(iter(lambda:s.recv(65536),b''))))\"")
    assert world.sh(world.out, line) == (0, "300000\n")
    assert world.sh(world.inner, line)[0] != 0, "no way out"
    elsewhere = line.replace(host, "192.0.2.55")
    status, text = world.sh(world.out, elsewhere)
    assert status != 0 and ("reset" in text.lower() or "refused" in text.lower() or "broken" in text.lower()), text


def test_relay_of_datagrams(world):
    host, port = world.udp.server_address
    line = ("/usr/bin/python3 -c \"import socket;s=socket.socket(2,2);s.settimeout(5);"
            f"s.connect(('{host}',{port}));s.send(b'datagram');print(s.recv(99).decode())\"")
    assert world.sh(world.out, line) == (0, "DATAGRAM\n")


def test_rules_are_in_force_at_once(world):
    """The figure is told, not asserted: other work shares the machine."""
    address = world.describe(world.out)["PublicIpAddress"]
    inner = world.describe(world.out)["PrivateIpAddress"]
    probe = f"curl -s -m 1 -o /dev/null http://{inner}:8081/"
    assert world.sh(world.inner, probe)[0] != 0
    took = []
    for _ in range(5):
        begin = time.monotonic()
        world.allow(8081)
        committed = time.monotonic()
        wait_for(lambda: (address, 8081) in world.ports(), what="the port on this host")
        took.append((time.monotonic() - committed, committed - begin))
        assert world.sh(world.inner, probe)[0] == 0
        world.allow(8081, revoke=True)
        wait_for(lambda: (address, 8081) not in world.ports(), what="no port on this host")
        assert world.sh(world.inner, probe)[0] != 0
    print("in force after the reply, ms:", [round(t * 1000, 1) for t, _ in took])


def test_flow_logs_of_real_packets(world):
    world.s3.create_bucket(Bucket="flows")
    log = world.ec2.create_flow_logs(
        ResourceType="VPC", ResourceIds=[world.vpc], TrafficType="ALL", LogDestinationType="s3",
        LogDestination="arn:aws:s3:::flows", MaxAggregationInterval=60,
        LogFormat="${interface-id} ${srcaddr} ${dstaddr} ${dstport} ${action} ${flow-direction} ${log-status}")
    assert not log["Unsuccessful"]
    out, inner = (world.describe(i) for i in (world.out, world.inner))
    eni = out["NetworkInterfaces"][0]["NetworkInterfaceId"]
    there, here = out["PrivateIpAddress"], inner["PrivateIpAddress"]

    def seen():
        world.sh(world.inner, f"curl -s -m 1 -o /dev/null http://{there}:8080/; "
                              f"curl -s -m 1 -o /dev/null http://{there}:8082/")
        world.region.advance(20)
        lines = set()
        for o in world.s3.list_objects_v2(Bucket="flows").get("Contents", []):
            body = world.s3.get_object(Bucket="flows", Key=o["Key"])["Body"].read()
            lines |= set(gzip.decompress(body).decode().splitlines())
        return {f"{eni} {here} {there} 8080 ACCEPT ingress OK", f"{eni} {here} {there} 8082 REJECT ingress OK",
                f"{inner['NetworkInterfaces'][0]['NetworkInterfaceId']} {here} {there} 8082 ACCEPT egress OK"} <= lines
    wait_for(seen, seconds=90, what="records of both")
