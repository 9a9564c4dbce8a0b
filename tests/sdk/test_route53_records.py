# SPDX-License-Identifier: Apache-2.0
"""Record sets: batches of changes, what is refused, lists, every type on the wire."""
import time

import pytest
from region import wait_for
from route53_util import Zone, a, alias, bare, dig, fails, status


@pytest.fixture
def r53(region):
    return region.client("route53")


@pytest.fixture
def zone(r53, unique):
    z = Zone(r53, unique("records") + ".test")
    yield z
    z.remove()


def cname(name, target):
    return a(name, target, type_="CNAME")


# --- one change ---

def test_a_change_is_served_when_its_call_returns(region, r53, zone):
    www = "www." + zone.name
    assert status(region, www) == "NXDOMAIN"
    change = zone.change(("CREATE", a(www, "192.0.2.1", "192.0.2.2", ttl=5)), comment="new")["ChangeInfo"]
    assert (change["Status"], change["Comment"]) == ("INSYNC", "new")
    assert sorted(dig(region, www)) == ["192.0.2.1", "192.0.2.2"]
    assert sorted(dig(region, www, "A", "+tcp")) == ["192.0.2.1", "192.0.2.2"]
    assert r53.get_change(Id=change["Id"])["ChangeInfo"] == change
    assert fails(r53.get_change, Id="C1")[0] == "NoSuchChange"
    zone.put(a(www, "192.0.2.3"))
    assert dig(region, www) == ["192.0.2.3"]
    zone.change(("DELETE", a(www, "192.0.2.3")))
    assert status(region, www) == "NXDOMAIN"


def test_a_change_is_on_the_wire_within_milliseconds(region, zone):
    """The reply waits for the engine: what is measured is the call and one query, many times over 10 ms under
    sanitizers; the bound is only that no poll or cache is between them."""
    for i in range(20):
        zone.put(a("quick." + zone.name, f"192.0.2.{i}"))
        began = time.monotonic()
        assert dig(region, "quick." + zone.name) == [f"192.0.2.{i}"]
        assert time.monotonic() - began < 5


TYPES = [
    ("A", "192.0.2.1"),
    ("AAAA", "2001:db8::1"),
    ("CAA", '0 issue "ca.example.net"'),
    ("CNAME", "target.example.net."),
    ("DS", "12345 13 2 49FD46E6C4B45C55D4AC69CBD3CD34AC1AFE51DE4F7D5DA2F8E5C6E5D0C9B4AA"),
    ("MX", "10 mail.example.net."),
    ("NAPTR", '10 100 "S" "SIP+D2U" "" _sip._udp.example.net.'),
    ("NS", "ns.example.net."),
    ("PTR", "host.example.net."),
    ("SPF", '"v=spf1 -all"'),
    ("SRV", "1 10 5269 xmpp.example.net."),
    ("TXT", '"a text" "and another"'),
]


@pytest.mark.parametrize(("type_", "value"), TYPES)
def test_types(region, zone, type_, value):
    name = "x." + zone.name
    zone.put(a(name, value, type_=type_))
    more = ["+norecurse"]
    if type_ == "NS":  # a delegation is answered in the authority section
        assert status(region, name, "NS", *more) == "NOERROR"
        return
    got = dig(region, name, type_, *more)
    assert [g.replace(" ", "").upper() for g in got] == [value.replace(" ", "").upper()]
    assert zone.rrsets()[-1]["ResourceRecords"] == [{"Value": value}]


def test_wildcards(region, zone):
    zone.put(a("*." + zone.name, "192.0.2.1"), a("b.a." + zone.name, "192.0.2.2"))
    assert dig(region, "x.y." + zone.name) == ["192.0.2.1"]
    assert dig(region, "x.a." + zone.name) == []
    assert zone.rrsets()[2]["Name"] == "\\052." + zone.name + "."


def test_cname_chains_through_zones(region, r53, zone, unique):
    other = Zone(r53, unique("other") + ".test")
    other.put(a("end." + other.name, "192.0.2.9"))
    zone.put(cname("one." + zone.name, "two." + zone.name), cname("two." + zone.name, "end." + other.name))
    found = r53.test_dns_answer(HostedZoneId=zone.id, RecordName="one." + zone.name, RecordType="A")
    assert found["RecordData"][-1] in ("192.0.2.9", f"end.{other.name}.")
    assert dig(region, "one." + zone.name)[:2] == [f"two.{zone.name}.", f"end.{other.name}."]
    other.remove()


def test_aliases_in_a_zone(region, zone):
    zone.put(a("www." + zone.name, "192.0.2.1", ttl=77))
    zone.put(alias(zone.name, zone.id, "WWW." + zone.name))
    assert dig(region, zone.name) == ["192.0.2.1"]
    zone.put(a("www." + zone.name, "192.0.2.2"))
    assert dig(region, zone.name) == ["192.0.2.2"]
    assert zone.rrsets()[0]["AliasTarget"] == {
        "HostedZoneId": zone.id, "DNSName": f"www.{zone.name}.", "EvaluateTargetHealth": False}


def test_an_alias_to_what_is_not_there_yet_answers_nothing(region, zone):
    zone.put(alias("cdn." + zone.name, "Z2FDTNDATAQYW2", "d111111abcdef8.cloudfront.net"))
    assert status(region, "cdn." + zone.name) == "NOERROR"
    assert dig(region, "cdn." + zone.name) == []


def test_an_alias_to_a_website(region, r53, zone, unique):
    s3 = region.client("s3")
    name = "site." + zone.name
    s3.create_bucket(Bucket=name)
    s3.put_bucket_website(Bucket=name, WebsiteConfiguration={"IndexDocument": {"Suffix": "index.html"}})
    zone.put(alias(name, "Z3AQBSTGFYJSTF", "s3-website-us-east-1.amazonaws.com"))
    assert len(dig(region, name)) == 1
    s3.delete_bucket(Bucket=name)


# --- batches ---

def test_a_batch_is_whole_or_nothing(region, zone):
    zone.put(a("old." + zone.name, "192.0.2.1"))
    message = zone.refused(("CREATE", a("new." + zone.name, "192.0.2.2")), ("CREATE", a("old." + zone.name, "192.0.2.3")),
                           ("DELETE", a("gone." + zone.name, "192.0.2.4")))
    assert message == (
        f"[Tried to create resource record set [name='old.{zone.name}.', type='A'] but it already exists, "
        f"Tried to delete resource record set [name='gone.{zone.name}.', type='A'] but it was not found]")
    assert status(region, "new." + zone.name) == "NXDOMAIN"
    assert dig(region, "old." + zone.name) == ["192.0.2.1"]


def test_one_takes_the_place_of_another_in_a_batch(region, zone):
    www = "www." + zone.name
    zone.put(cname(www, "x.test"))
    zone.change(("DELETE", cname(www, "x.test")), ("CREATE", a(www, "192.0.2.1")))
    assert dig(region, www) == ["192.0.2.1"]
    zone.change(("DELETE", a(www, "192.0.2.1")), ("CREATE", a(www, "192.0.2.2", Weight=1, SetIdentifier="a")))
    assert dig(region, www) == ["192.0.2.2"]
    zone.change(("DELETE", a(www, "192.0.2.2", Weight=1, SetIdentifier="a")), ("CREATE", a(www, "192.0.2.3")))
    assert dig(region, www) == ["192.0.2.3"]


def test_what_deletes_says_all_that_is_there(zone):
    www = "www." + zone.name
    zone.put(a(www, "192.0.2.1", "192.0.2.2"))
    message = (f"[Tried to delete resource record set [name='{www}.', type='A'] but the values provided do not match "
               "the current values]")
    assert zone.refused(("DELETE", a(www, "192.0.2.1"))) == message
    assert zone.refused(("DELETE", a(www, "192.0.2.1", "192.0.2.2", ttl=61))) == message
    zone.change(("DELETE", a(www, "192.0.2.2", "192.0.2.1")))


def test_changes_that_contradict_each_other(zone):
    www = a("www." + zone.name, "192.0.2.1")
    assert zone.refused(("CREATE", www), ("UPSERT", www)) == (
        "[The request contains an invalid set of changes for a resource record set "
        f"'A www.{zone.name}.']")


# --- what is refused ---

def test_names_outside(zone):
    assert zone.refused(("CREATE", a("www.elsewhere.test", "192.0.2.1"))) == (
        f"[RRSet with DNS name www.elsewhere.test. is not permitted in zone {zone.name}.]")


def test_cnames_stand_alone(zone):
    www = "www." + zone.name
    zone.put(a(www, "192.0.2.1"), cname("c." + zone.name, "x.test"))
    assert zone.refused(("CREATE", cname(www, "x.test"))) == (
        f"[RRSet of type CNAME with DNS name {www}. is not permitted as it conflicts with other records with the same "
        f"DNS name in zone {zone.name}.]")
    assert zone.refused(("CREATE", a("c." + zone.name, "192.0.2.1"))) == (
        f"[RRSet of type A with DNS name c.{zone.name}. is not permitted because a conflicting RRSet of type  CNAME "
        f"with the same DNS name already exists in zone {zone.name}.]")
    assert zone.refused(("CREATE", cname(zone.name, "x.test"))).startswith(
        f"[RRSet of type CNAME with DNS name {zone.name}. is not permitted at apex in zone {zone.name}.")


def test_the_apex_keeps_its_own(zone):
    ns, soa = zone.rrsets()
    assert zone.refused(("DELETE", ns)) == (
        "[A HostedZone must contain at least one NS record for the zone itself.]")
    assert zone.refused(("DELETE", soa)) == "[A HostedZone must contain exactly one SOA record.]"


@pytest.mark.parametrize(("type_", "values", "message"), [
    ("A", ["192.0.2"], "Invalid Resource Record: 'FATAL problem: ARRDATAIllegalIPv4Address (Value is not a valid IPv4 "
     "address) encountered with '192.0.2''"),
    ("AAAA", ["::g"], "Invalid Resource Record: 'FATAL problem: AAAARRDATAIllegalIPv6Address (Value is not a valid "
     "IPv6 address) encountered with '::g''"),
    ("TXT", ["bare"], "Invalid Resource Record: 'FATAL problem: InvalidCharacterString (Value should be enclosed in "
     "quotation marks) encountered with 'bare''"),
    ("A", ["192.0.2.1", "192.0.2.1"], "Duplicate Resource Record: '192.0.2.1'"),
])
def test_values(zone, type_, values, message):
    assert zone.refused(("CREATE", a("x." + zone.name, *values, type_=type_))) == f"[{message}]"


@pytest.mark.parametrize(("type_", "value"), [
    ("MX", "mail.example.net"), ("SRV", "1 2 mail.example.net"), ("CAA", "issue x"), ("CNAME", "a..b"),
    ("TXT", '"' + "x" * 256 + '"'), ("DS", "1 2 3"), ("NAPTR", "x"), ("NS", "a b"),
])
def test_values_of_other_types(zone, type_, value):
    assert zone.refused(("CREATE", a("x." + zone.name, value, type_=type_))).startswith(
        "[Invalid Resource Record: 'FATAL problem: ")


@pytest.mark.parametrize(("rrset", "message"), [
    ({}, "Expected exactly one of [AliasTarget, all of [TTL, and ResourceRecords], or TrafficPolicyInstanceId], but "
     "found none"),
    ({"ResourceRecords": [{"Value": "192.0.2.1"}]}, "Missing field 'TTL'"),
    ({"TTL": 1, "ResourceRecords": [{"Value": "192.0.2.1"}], "Weight": 1}, "Missing field 'SetIdentifier'"),
    ({"TTL": 1, "ResourceRecords": [{"Value": "192.0.2.1"}], "SetIdentifier": "x"},
     "Expected exactly one of [Weight, Region, Failover, GeoLocation, MultiValueAnswer, GeoProximityLocation, or "
     "CidrRoutingConfig], but found none"),
    ({"TTL": 1, "ResourceRecords": [{"Value": "192.0.2.1"}], "SetIdentifier": "x", "Weight": 1, "Region": "us-east-1"},
     "Expected exactly one of [Weight, Region, Failover, GeoLocation, MultiValueAnswer, GeoProximityLocation, or "
     "CidrRoutingConfig], but found more than one"),
])
def test_the_form_of_a_record_set(zone, rrset, message):
    name = "x." + zone.name
    code, text = fails(zone.client.change_resource_record_sets, HostedZoneId=zone.id, ChangeBatch={
        "Changes": [{"Action": "CREATE", "ResourceRecordSet": {"Name": name, "Type": "A", **rrset}}]})
    assert code == "InvalidInput"
    assert text == (f"Invalid request: {message} in Change with [Action=CREATE, Name={name}, Type=A, "
                    f"SetIdentifier={rrset.get('SetIdentifier', 'null')}]")


def test_policies_are_not_mixed(zone):
    x = "x." + zone.name
    zone.put(a(x, "192.0.2.1"))
    assert zone.refused(("CREATE", a(x, "192.0.2.2", SetIdentifier="b", MultiValueAnswer=True))) == (
        f'[RRSet with DNS name {x}., type A, SetIdentifier "b" cannot be created because a non multivalue answer rrset '
        "exists with the same name and type.]")
    y = "y." + zone.name
    zone.put(a(y, "192.0.2.1", SetIdentifier="a", Weight=1))
    assert zone.refused(("CREATE", a(y, "192.0.2.2"))) == (
        f"[RRSet with DNS name {y}., type A cannot be created as other RRSets exist with the same name and type.]")
    assert "non latency rrset" in zone.refused(("CREATE", a(y, "192.0.2.2", SetIdentifier="b", Region="us-east-1")))


@pytest.mark.parametrize("policy", [{"Region": "us-east-1"}, {"Failover": "PRIMARY"},
                                    {"GeoLocation": {"CountryCode": "DE"}}])
def test_one_record_set_a_place(zone, policy):
    x = "x." + zone.name
    zone.put(a(x, "192.0.2.1", SetIdentifier="a", **policy))
    assert f'SetIdentifier "b" cannot be created because' in zone.refused(
        ("CREATE", a(x, "192.0.2.2", SetIdentifier="b", **policy)))


def test_aliases_that_lead_nowhere(r53, zone, unique):
    x = "x." + zone.name
    assert zone.refused(("CREATE", alias(x, zone.id, "none." + zone.name))) == (
        f"[Tried to create an alias that targets none.{zone.name}., type A in zone {zone.id}, but that target was not "
        "found]")
    both = ("[Tried to create an alias that targets {0}., type A in zone {1}, but the alias target name does not lie "
            "within the target zone, Tried to create an alias that targets {0}., type A in zone {1}, but that target was "
            "not found]")
    assert zone.refused(("CREATE", alias(x, "Z2FDTNDATAQYW2", "www.example.com"))) == both.format(
        "www.example.com", "Z2FDTNDATAQYW2")
    elb = "lb-1.us-east-1.elb.amazonaws.com"
    assert zone.refused(("CREATE", alias(x, zone.id, elb))).startswith(
        f"[Tried to create an alias that targets {elb}., type A in zone {zone.id}, but the alias target name does not "
        "lie within the target zone")
    zone.put(alias(x, "Z35SXDOTRQ7X7K", elb, check=True))


# --- lists ---

def test_records_are_listed_by_their_reversed_names(zone):
    names = ["b", "a", "z.a", "*", "_x"]
    zone.put(*[a(f"{n}.{zone.name}", "192.0.2.1") for n in names], a("a." + zone.name, '"x"', type_="TXT"),
             *[a("w." + zone.name, "192.0.2.1", SetIdentifier=s, Weight=1) for s in ("two", "one")])
    got = [(r["Name"][:-len(zone.name) - 1].rstrip("."), r["Type"], r.get("SetIdentifier")) for r in zone.rrsets()]
    assert got == [("", "NS", None), ("", "SOA", None), ("\\052", "A", None), ("_x", "A", None), ("a", "A", None),
                   ("a", "TXT", None), ("z.a", "A", None), ("b", "A", None), ("w", "A", "one"), ("w", "A", "two")]


def test_pages_of_records(r53, zone):
    zone.put(*[a("w." + zone.name, "192.0.2.1", SetIdentifier=s, Weight=1) for s in "abc"])
    page = r53.list_resource_record_sets(HostedZoneId=zone.id, MaxItems="3")
    assert (page["IsTruncated"], page["NextRecordName"], page["NextRecordType"], page["NextRecordIdentifier"]) == (
        True, f"w.{zone.name}.", "A", "b")
    page = r53.list_resource_record_sets(HostedZoneId=zone.id, StartRecordName=page["NextRecordName"],
                                         StartRecordType="A", StartRecordIdentifier="b")
    assert [r["SetIdentifier"] for r in page["ResourceRecordSets"]] == ["b", "c"]
    assert (page["IsTruncated"], page["MaxItems"]) == (False, "300")
    assert fails(r53.list_resource_record_sets, HostedZoneId=zone.id, StartRecordType="A")[0] == "InvalidInput"
    assert fails(r53.list_resource_record_sets, HostedZoneId=zone.id, MaxItems="x")[0] == "InvalidInput"


# --- limits ---

def test_a_batch_has_a_limit_of_records(zone):
    many = [("CREATE", a(f"n{i}.{zone.name}", "192.0.2.1")) for i in range(1001)]
    assert zone.refused(*many) == "[Number of records limit of 1000 exceeded.]"
    assert zone.refused(*[("UPSERT", r) for _, r in many[:501]]) == "[Number of records limit of 1000 exceeded.]"
    zone.change(*many[:1000])
    zone.change(*[("DELETE", r) for _, r in many[:1000]])


def test_a_batch_has_a_limit_of_letters(zone):
    text = '"' + '" "'.join(["x" * 250] * 14) + '"'
    many = [("CREATE", a(f"n{i}.{zone.name}", text, type_="TXT")) for i in range(10)]
    assert zone.refused(*many) == "[Number of characters limit of 32000 exceeded.]"
    zone.change(*many[:8])


def test_a_record_set_has_a_limit_of_values(zone):
    values = [f"10.{i // 250}.{i % 250}.1" for i in range(401)]
    assert "more than 400 Resource Records" in zone.refused(("CREATE", a("x." + zone.name, *values)))
    zone.change(("CREATE", a("x." + zone.name, *values[:400])))


def test_a_killed_region_answers_what_it_acknowledged(new_region):
    region = new_region()
    zone = Zone(region.client("route53"), "kept.test")
    for i in range(20):
        zone.put(a(f"n{i}.kept.test", f"192.0.2.{i}"))
    region.kill()
    region.start()
    wait_for(lambda: dig(region, "n0.kept.test") == ["192.0.2.0"], what="the first answer")
    assert [dig(region, f"n{i}.kept.test") for i in range(20)] == [[f"192.0.2.{i}"] for i in range(20)]
    assert bare(region.client("route53").get_hosted_zone(Id=zone.id)["HostedZone"]["Id"]) == zone.id
