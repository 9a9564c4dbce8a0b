# SPDX-License-Identifier: Apache-2.0
"""Networks for tests: what the region would tell the agent, and programs that run in them."""
import json
import os
import subprocess

from netagent import Agent, block, ip

PROBE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "netprobe.py")
PYTHON = "/usr/bin/python3"
CLIENT, SERVICE = "203.0.113.10", "198.51.100.1"
CATCH = 15001
ALL = {"Protocol": -1, "Block": block("0.0.0.0/0")}
TCP, UDP, ICMP = 6, 17, 1


def rule(protocol=-1, ports=None, cidr=None, group=None, addresses=None):
    low, high = (ports, ports) if isinstance(ports, int) else ports or (None, None)
    if protocol == -1:
        low = high = None
    if protocol == ICMP and ports is None:
        low = high = -1
    return {"Protocol": protocol, "From": low, "To": high, "Group": group,
            "Block": block(cidr) if cidr else None, "Addresses": [ip(a) for a in addresses] if addresses else None}


def acl_rule(allow, protocol=-1, ports=None, cidr="0.0.0.0/0"):
    return {"Allow": allow, **{k: v for k, v in rule(protocol, ports, cidr).items() if k not in ("Group", "Addresses")}}


OPEN_ACL = {"Ingress": [acl_rule(True)], "Egress": [acl_rule(True)]}


class Network:
    """Members by names, turned to places when it is told."""

    def __init__(self, name, cidr="10.0.0.0/16"):
        self.name, self.cidr, self.version, self.internet = name, cidr, 0, True
        self.subnets, self.tables, self.groups, self.acls = {}, {}, {}, {"open": OPEN_ACL}
        self.interfaces, self.nats, self.peers = {}, {}, {}

    def table(self, name, routes=(), endpoints=()):
        self.tables[name] = (list(routes), list(endpoints))
        return self

    def subnet(self, name, cidr, table, acl="open"):
        self.subnets[name] = (cidr, table, acl)
        return self

    def group(self, name, ingress=(), egress=(ALL,)):
        self.groups[name] = (list(ingress), list(egress))
        return self

    def interface(self, name, subnet, private, public=None, groups=(), guest="", **more):
        """Of the guest of its own name; guest None: the region's."""
        self.interfaces[name] = dict(subnet=subnet, private=private, public=public, groups=list(groups),
                                     guest=name if guest == "" else guest, more=more)
        return self

    def told(self):
        self.version += 1
        places = {k: {n: i for i, n in enumerate(getattr(self, k))}
                  for k in ("subnets", "tables", "groups", "acls", "interfaces", "nats", "peers")}
        kinds = {"nat": "nats", "peer": "peers", "interface": "interfaces"}

        def route(cidr, kind, target=None):
            return {"Block": block(cidr), "Kind": kind,
                    "Target": places[kinds[kind]][target] if kind in kinds else None}

        def group_rule(r):
            return dict(r, Group=places["groups"][r["Group"]] if r.get("Group") is not None else None)

        def interface(name, f):
            number = 0x0a0000000000 | ip(f["private"])
            privates = f["private"] if isinstance(f["private"], list) else [f["private"]]
            return {"Id": f"eni-{name}", "Guest": f["guest"], "Device": 0, "Mac": number,
                    "Addresses": [{"Private": ip(a), "Public": ip(f["public"]) if f["public"] and i == 0 else None}
                                  for i, a in enumerate(privates)],
                    "Subnet": places["subnets"][f["subnet"]], "Groups": [places["groups"][g] for g in f["groups"]],
                    "SourceCheck": True, **f["more"]}

        def nat(private, public, subnet):
            privates = private if isinstance(private, list) else [private]
            publics = public if isinstance(public, list) else [public] * len(privates)
            return {"Addresses": [{"Private": ip(a), "Public": ip(b) if b else None} for a, b in zip(privates, publics)],
                    "Subnet": places["subnets"][subnet]}

        return {
            "Id": self.name, "Version": self.version, "Blocks": [block(self.cidr)], "Resolver": block(self.cidr)["Address"] + 2,
            "Internet": self.internet,
            "Subnets": [{"Block": block(c), "Acl": places["acls"][a], "Table": places["tables"][t]}
                        for c, t, a in self.subnets.values()],
            "Tables": [{"Routes": [route(*r) for r in routes], "Endpoints": [block(e) for e in endpoints]}
                       for routes, endpoints in self.tables.values()],
            "Groups": [{"Id": f"sg-{n}", "Ingress": [group_rule(r) for r in i], "Egress": [group_rule(r) for r in e]}
                       for n, (i, e) in self.groups.items()],
            "Acls": list(self.acls.values()),
            "Interfaces": [interface(n, f) for n, f in self.interfaces.items()],
            "Nats": [nat(*n) for n in self.nats.values()],
            "Peers": [{"Id": f"pcx-{n}", "Network": network} for n, network in self.peers.items()],
        }


class World:
    def __init__(self, uid=None):
        self.agent = Agent(uid)
        self.servers = []

    def __enter__(self):
        self.agent.__enter__()
        self.internet()
        return self

    def internet(self):
        self.agent.ask("EnsureInternet", Client=ip(CLIENT), Pool=block("127.64.0.0/20"),
                       Services=[block("198.51.100.0/28")])

    def __exit__(self, *_):
        for p in self.servers:
            p.stdin.close()
            p.stdout.close()
            p.wait(10)
        self.agent.close()

    def tell(self, *networks):
        for n in networks:
            self.agent.ask("EnsureNetwork", **n.told())

    def serve(self, where, *specs):
        p = self.agent.popen(where, PYTHON, PROBE, "serve", *specs, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.servers.append(p)
        assert p.stdout.readline().strip() == b"listening"

    def ask(self, where, *questions):
        """What came of each (kind, address[, port]): the text that was answered, or how it failed."""
        full = [q if isinstance(q, dict) else dict(zip(("kind", "to", "port"), q)) for q in questions]
        answers = json.loads(self.agent.run(where, PYTHON, PROBE, "ask", text_in=json.dumps(full)))
        return [a.get("said", a.get("failed")) for a in answers]
